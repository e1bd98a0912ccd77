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

  /// Ends the file that [#beginFile] began. All of its lines were read.
  void endFile();
}
