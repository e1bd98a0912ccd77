package dev.flowbell.testing.network;

import dev.flowbell.testing.process.ToolRun;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/// TLS in front of an endpoint with plain HTTP, because AWS's endpoints use TLS.
///
/// The JDK's `keytool` makes its certificate for the run; a process trusts it with [#jvmOptions].
public final class TlsFront implements AutoCloseable {
  private static final String PASSWORD = "made-up";
  private static final Duration LONGEST_KEYTOOL = Duration.ofSeconds(30);

  private final SSLServerSocket server;
  private final URI behind;
  private final Path keyStore;

  private TlsFront(SSLServerSocket server, URI behind, Path keyStore) {
    this.server = server;
    this.behind = behind;
    this.keyStore = keyStore;
  }

  /// Starts on a free port of the loopback address.
  ///
  /// @param folder the certificate's folder
  public static TlsFront of(URI behind, Path folder) throws IOException {
    Path keyStore = folder.resolve("tls-front.p12").toAbsolutePath();
    Files.deleteIfExists(keyStore);
    ToolRun.of(
            folder,
            Map.of(),
            LONGEST_KEYTOOL,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "front",
                "-keyalg",
                "RSA", // like AWS
                "-keysize",
                "2048",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=DNS:localhost,IP:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                keyStore.toString(),
                "-storepass",
                PASSWORD))
        .orFail();
    try (InputStream stored = Files.newInputStream(keyStore)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(stored, PASSWORD.toCharArray());
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(keys, PASSWORD.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      SSLServerSocket server =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
      TlsFront front = new TlsFront(server, behind, keyStore);
      Thread.ofVirtual().start(front::accept);
      return front;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /// Returns its address.
  public URI uri() {
    return URI.create("https://localhost:" + server.getLocalPort());
  }

  /// Returns the address with another host name. A client opens separate connections to it, as to
  /// another service.
  public URI otherUri() {
    return URI.create("https://127.0.0.1:" + server.getLocalPort());
  }

  /// Returns the options with which a JVM trusts it.
  public List<String> jvmOptions() {
    return List.of(
        "-Djavax.net.ssl.trustStore=" + keyStore, "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Socket endpoint = new Socket(behind.getHost(), behind.getPort());
        client.setTcpNoDelay(true);
        endpoint.setTcpNoDelay(true);
        Thread.ofVirtual().start(() -> pump(client, endpoint));
        Thread.ofVirtual().start(() -> pump(endpoint, client));
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /// Copies bytes until one side ends, and then ends the other side.
  private static void pump(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      byte[] buffer = new byte[16_384];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
        out.flush();
      }
    } catch (IOException _) {
      // the connections of a killed process end like this
    }
  }
}
