package dev.flowbell.cli;

import dev.flowbell.input.LogFileReader;
import dev.hardwood.InputFile;
import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.FileMetaData;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Reads Parquet files of flow logs, as AWS delivers them to S3: a row is a record, and the columns
/// have the names of the fields, with underscores.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html">Flow log
///   files</a>
final class ParquetRecords {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  /// The codecs that need no library of native code. AWS compresses with gzip.
  private static final Set<CompressionCodec> CODECS =
      EnumSet.of(CompressionCodec.UNCOMPRESSED, CompressionCodec.GZIP);

  /// Held, because a logger that nobody holds forgets its level.
  private static final Logger LIBRARY = Logger.getLogger("dev.hardwood");

  static {
    LIBRARY.setLevel(Level.OFF); // it tells which decompressor it uses
    System.setProperty("hardwood.uselibdeflate", "false"); // native code, about which Java warns
  }

  /// How many bytes [#isMagic] wants.
  static final int MAGIC_BYTES = 4;

  private ParquetRecords() {}

  /// Returns whether a file begins like Parquet.
  static boolean isParquet(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return isMagic(in.readNBytes(MAGIC_BYTES));
    }
  }

  /// Returns whether these are the first bytes of Parquet.
  static boolean isMagic(byte[] start) {
    return Arrays.equals(start, MAGIC);
  }

  /// Reads a file to its end.
  ///
  /// @param name the file's name in reports and errors
  /// @throws IOException where it can't be read, or is damaged
  static void read(String name, Path file, LogFileReader target) throws IOException {
    try (ParquetFileReader parquet = ParquetFileReader.open(InputFile.of(file))) {
      checkCodecs(parquet.getFileMetaData()); // the library's error doesn't name the codec
      try (RowReader rows = parquet.rowReader()) {
        int columns = rows.getFieldCount();
        List<String> names = new ArrayList<>(columns);
        for (int i = 0; i < columns; i++) {
          names.add(rows.getFieldName(i));
        }
        target.readTable(name, names, new Rows(rows, columns));
      }
    } catch (IOException | RuntimeException e) { // the library's own for a damaged file
      throw new IOException("%s: Parquet: %s".formatted(name, e.getMessage()), e);
    }
  }

  private static void checkCodecs(FileMetaData file) throws IOException {
    for (RowGroup group : file.rowGroups()) {
      for (ColumnChunk column : group.columns()) {
        CompressionCodec codec = column.metaData().codec();
        if (!CODECS.contains(codec)) {
          throw new IOException("expected gzip, as AWS compresses it, got " + codec);
        }
      }
    }
  }

  private static final class Rows implements Iterator<List<String>> {
    private final RowReader rows;
    private final String[] cells;

    Rows(RowReader rows, int columns) {
      this.rows = rows;
      this.cells = new String[columns];
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public List<String> next() {
      rows.next();
      for (int i = 0; i < cells.length; i++) {
        cells[i] = rows.isNull(i) ? "-" : textOf(rows.getValue(i));
      }
      return Arrays.asList(cells);
    }

    private static String textOf(@Nullable Object value) {
      return switch (value) {
        case null -> "-";
        case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8); // text without its type
        case Instant time -> String.valueOf(time.getEpochSecond());
        default -> value.toString();
      };
    }
  }
}
