package dev.flowbell.s3;

import dev.flowbell.aws.XmlElement;
import java.nio.charset.StandardCharsets;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;

/// The error in S3's answer, `<Error><Code>…</Code><Message>…</Message></Error>`.
///
/// @param code such as `NoSuchKey`, `null` if there is none, for example in a proxy's answer
/// @param region the Region that the bucket is in, if S3 says that the request is for another one
record S3Error(int status, @Nullable String code, String message, @Nullable String region) {
  private static final int LONGEST_MESSAGE = 300;

  static S3Error parse(int status, byte[] body) {
    try {
      XmlElement error = XmlElement.parse(new String(body, StandardCharsets.UTF_8));
      return new S3Error(
          status, error.findText("Code"), error.text("Message"), error.findText("Region"));
    } catch (XMLStreamException _) {
      return new S3Error(status, null, "", null); // for example a load balancer's HTML
    }
  }

  /// Returns whether S3 throttled the request or failed, so that a retry may succeed.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-guidelines.html">Performance
  ///   guidelines</a>: 503 Slow Down
  boolean isBusy() {
    return status >= 500 || status == 429 || status == 307 || "RequestTimeout".equals(code);
  }

  /// Returns the error in one line.
  String inWords() {
    if (code == null) {
      return "status " + status + ", no reason given";
    }
    String line = message.replaceAll("\\s+", " ").strip();
    return "status %d, %s: %s"
        .formatted(
            status,
            code,
            line.length() > LONGEST_MESSAGE ? line.substring(0, LONGEST_MESSAGE) + "..." : line);
  }
}
