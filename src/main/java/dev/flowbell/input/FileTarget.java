package dev.flowbell.input;

/// Receives the contents of files.
public interface FileTarget {
  /// Receives one event or subscription message. The batch is valid until this method returns.
  void addBatch(LogBatch batch);

  /// Begins a file of lines.
  ///
  /// @param name names the file in reports
  /// @return the target that receives the file's lines
  LineTarget beginFile(String name);

  /// Receives the name of a column that is no flow log field of a version that Flowbell knows. It
  /// is read over.
  void addUnknownField(String name);

  /// Ends the file that [#beginFile] began.
  ///
  /// @param isWhole whether all of its lines were read; if not, a fault follows
  void endFile(boolean isWhole);
}
