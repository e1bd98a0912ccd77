package dev.flowbell.testing.process;

import dev.flowbell.testing.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A headless Chromium, driven by its DevTools protocol.
///
/// @see <a href="https://chromedevtools.github.io/devtools-protocol/">Chrome DevTools Protocol</a>
public final class Browser implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  private final Process process;
  private final BlockingQueue<Map<String, @Nullable Object>> answers = new LinkedBlockingQueue<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final WebSocket socket;
  private int lastId;

  private Browser(Process process, URI page) {
    this.process = process;
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .connectTimeout(LONGEST)
            .buildAsync(page, new Messages())
            .join();
  }

  /// Returns the program, `null` where this machine has none.
  public static @Nullable Path find() {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      for (String name : NAMES) {
        Path program = Path.of(folder, name);
        if (Files.isExecutable(program)) {
          return program;
        }
      }
    }
    return null;
  }

  /// Opens a file.
  ///
  /// @param profile an empty folder
  public static Browser open(Path program, Path profile, Path file) throws Exception {
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile)
            .redirectErrorStream(true)
            .redirectOutput(profile.resolve("output").toFile())
            .start();
    try {
      Browser browser = new Browser(process, pageOf(profile.resolve("DevToolsActivePort")));
      browser.call("Log.enable", "{}");
      browser.call("Runtime.enable", "{}");
      browser.call("Page.enable", "{}");
      browser.call("Page.navigate", "{\"url\": \"" + file.toUri() + "\"}");
      browser.waitFor("document.readyState === 'complete' && location.protocol === 'file:'");
      return browser;
    } catch (Exception | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /// Asks for the address of the first page. The browser writes its port to a file.
  private static URI pageOf(Path portFile) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while (!Files.exists(portFile) || Files.readAllLines(portFile).size() < 2) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the browser didn't start within " + LONGEST);
      }
      Thread.sleep(50);
    }
    URI list = URI.create("http://127.0.0.1:" + Files.readAllLines(portFile).getFirst() + "/json");
    try (InputStream in = list.toURL().openStream()) {
      String pages = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (Map<String, @Nullable Object> page :
          Json.objectsAt(Json.parseObject("{\"pages\": " + pages + "}"), "pages")) {
        if ("page".equals(page.get("type"))) {
          return URI.create(String.valueOf(page.get("webSocketDebuggerUrl")));
        }
      }
    }
    throw new AssertionError("the browser has no page");
  }

  /// Returns what the page's console and the browser's log said, violations of policy included.
  public List<String> complaints() {
    return complaints;
  }

  /// Returns the value of an expression.
  public @Nullable Object evaluate(String expression) {
    Map<String, @Nullable Object> result =
        call(
            "Runtime.evaluate",
            "{\"returnByValue\": true, \"expression\": \"%s\"}"
                .formatted(expression.replace("\\", "\\\\").replace("\"", "\\\"")));
    return Json.objectAt(result, "result").get("value");
  }

  private void waitFor(String condition) throws InterruptedException {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while (!Boolean.TRUE.equals(evaluate(condition))) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not true within " + LONGEST + ": " + condition);
      }
      Thread.sleep(50);
    }
  }

  /// Sets the width of the page, and whether it is dark.
  public void show(int width, boolean isDark) {
    call(
        "Emulation.setDeviceMetricsOverride",
        "{\"width\": %d, \"height\": 900, \"deviceScaleFactor\": 1, \"mobile\": %s}"
            .formatted(width, width < 600));
    call(
        "Emulation.setEmulatedMedia",
        "{\"features\": [{\"name\": \"prefers-color-scheme\", \"value\": \"%s\"}]}"
            .formatted(isDark ? "dark" : "light"));
  }

  /// Returns a picture of the first element that a selector finds, as PNG.
  public byte[] screenshot(String selector) {
    String box =
        String.valueOf(
            evaluate(
                "(() => { const b = document.querySelector('"
                    + selector
                    + "').getBoundingClientRect(); return JSON.stringify({x: b.x + scrollX, y: b.y"
                    + " + scrollY, width: b.width, height: Math.min(b.height, 2400), scale: 1});"
                    + " })()"));
    return dataOf(
        call("Page.captureScreenshot", "{\"captureBeyondViewport\": true, \"clip\": " + box + "}"));
  }

  /// Returns the page as it is printed.
  public byte[] pdf() {
    return dataOf(call("Page.printToPDF", "{}"));
  }

  private static byte[] dataOf(Map<String, @Nullable Object> result) {
    return Base64.getDecoder().decode(String.valueOf(result.get("data")));
  }

  /// Presses and releases a key.
  public void press(String key, int code) {
    for (String type : List.of("keyDown", "keyUp")) {
      String text = key.equals("Enter") ? ", \"text\": \"\\r\"" : "";
      call(
          "Input.dispatchKeyEvent",
          "{\"type\": \"%s\", \"key\": \"%s\", \"windowsVirtualKeyCode\": %d%s}"
              .formatted(type, key, code, type.equals("keyDown") ? text : ""));
    }
  }

  private Map<String, @Nullable Object> call(String method, String parameters) {
    int id = ++lastId;
    socket
        .sendText(
            "{\"id\": %d, \"method\": \"%s\", \"params\": %s}".formatted(id, method, parameters),
            true)
        .join();
    try {
      while (true) {
        Map<String, @Nullable Object> answer = answers.poll(LONGEST.toSeconds(), TimeUnit.SECONDS);
        if (answer == null || answer.containsKey("error")) {
          throw new AssertionError(method + ": " + answer);
        }
        if (Long.valueOf(id).equals(answer.get("id"))) {
          return Json.objectAt(answer, "result");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(method + " was interrupted", e);
    }
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }

  /// Takes messages, which come in parts.
  private final class Messages implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean isLast) {
      text.append(part);
      if (isLast) {
        Map<String, @Nullable Object> message = Json.parseObject(text.toString());
        text.setLength(0);
        if (message.containsKey("id")) {
          answers.add(message);
        } else if (List.of("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
            .contains(String.valueOf(message.get("method")))) {
          complaints.add(String.valueOf(message.get("params")));
        }
      }
      from.request(1);
      return null;
    }
  }
}
