package dev.flowbell.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;

/// What is around a page: its policy, style and script. The policy lets the page load nothing, and
/// run only this style and this script, whatever a log's text is.
///
/// @see <a href="https://www.w3.org/TR/CSP3/">Content Security Policy Level 3</a>
final class PageFrame {
  private static final String STYLE = resource("report.css");
  private static final String SCRIPT = resource("report.js");

  private final Origin origin;

  PageFrame(Origin origin) {
    this.origin = origin;
  }

  /// Adds all that comes before the contents.
  void begin(Html page) {
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"" + policy() + "\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
    page.raw("<meta name=\"referrer\" content=\"no-referrer\">\n");
    page.element("title", "Flowbell report, " + Words.time(origin.madeAt())).raw("\n");
    page.raw("<style>" + STYLE + "</style>\n</head>\n<body>\n<main>\n");
  }

  /// Returns the page, with what comes after the contents.
  static String end(Html page) {
    return page.raw("</main>\n<script>" + SCRIPT + "</script>\n</body>\n</html>\n").toString();
  }

  static String policy() {
    return "default-src 'none'; style-src '"
        + hash(STYLE)
        + "'; script-src '"
        + hash(SCRIPT)
        + "'; base-uri 'none'; form-action 'none'";
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// Reads a file beside this class. A browser hashes it with plain line ends.
  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(PageFrame.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
