package io.longcat4j.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ProxiesTest {
  private static final String SECRET =
      Base64.getEncoder().encodeToString("me:p@ss+1".getBytes(StandardCharsets.UTF_8));

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "HTTPS_PROXY,http://p:3128,'',https://hub.example/,p:3128",
    "https_proxy,p:3128,'',https://hub.example/,p:3128",
    "HTTPS_PROXY,http://p,'',https://hub.example/,p:80",
    "HTTPS_PROXY,http://p:3128,'',http://hub.example/,",
    "ALL_PROXY,http://p:3128,'',http://hub.example/,p:3128",
    "HTTPS_PROXY,http://p:3128,'other,hub.example',https://hub.example/,",
    "HTTPS_PROXY,http://p:3128,.example,https://hub.example/,",
    "HTTPS_PROXY,http://p:3128,*.example,https://hub.example/,",
    "HTTPS_PROXY,http://p:3128,ub.example,https://hub.example/,p:3128",
    "HTTPS_PROXY,http://p:3128,hub.example:443,https://hub.example/,",
    "HTTPS_PROXY,http://p:3128,hub.example:8443,https://hub.example/,p:3128",
    "HTTPS_PROXY,http://p:3128,*,https://hub.example/,"
  })
  void the_environment_names_them(
      String variable, String value, String exempt, URI uri, String expected) {
    Proxy proxy = new Proxies(Map.of(variable, value, "NO_PROXY", exempt)).select(uri).get(0);
    if (expected == null) {
      assertThat(proxy).isEqualTo(Proxy.NO_PROXY);
    } else {
      InetSocketAddress address = (InetSocketAddress) proxy.address();
      assertThat(address.getHostString() + ":" + address.getPort()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://p:1", "https://user:secret@p", "http://", "http://a b"})
  void others_are_refused_without_their_passwords(String value) {
    assertThatThrownBy(() -> new Proxies(Map.of("HTTPS_PROXY", value)))
        .isInstanceOf(DownloadException.class)
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  @Test
  void a_proxy_gets_its_requests_and_its_password() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer proxy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.createContext(
        "/",
        exchange -> {
          String given = exchange.getRequestHeaders().getFirst("Proxy-Authorization");
          asked.add(exchange.getRequestURI() + " " + given);
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    proxy.start();
    try {
      assertThatThrownBy(() -> list("http://hub.invalid", "http_proxy", proxy.getAddress()))
          .isInstanceOf(DownloadException.class)
          .hasMessageContaining("answered 404");
    } finally {
      proxy.stop(0);
    }
    assertThat(asked)
        .containsExactly("http://hub.invalid/api/models/a/b/revision/main Basic " + SECRET);
  }

  /** With https a proxy hears the name of the host alone, and its own password. */
  @Test
  void a_proxy_gets_its_password_before_an_encrypted_connection() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread answering =
          new Thread(
              () -> {
                try (Socket socket = proxy.accept()) {
                  BufferedReader lines =
                      new BufferedReader(
                          new InputStreamReader(
                              socket.getInputStream(), StandardCharsets.ISO_8859_1));
                  for (String line = lines.readLine();
                      line != null && !line.isEmpty();
                      line = lines.readLine()) {
                    heard.add(line);
                  }
                  socket
                      .getOutputStream()
                      .write(
                          "HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n"
                              .getBytes(StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                  heard.add(e.toString());
                }
              });
      answering.start();
      assertThatThrownBy(
              () ->
                  list(
                      "https://hub.invalid",
                      "HTTPS_PROXY",
                      (InetSocketAddress) proxy.getLocalSocketAddress()))
          .isInstanceOf(DownloadException.class);
      answering.join();
    }
    assertThat(heard.get(0)).isEqualTo("CONNECT hub.invalid:443 HTTP/1.1");
    assertThat(heard).contains("Proxy-Authorization: Basic " + SECRET);
    assertThat(heard).noneMatch(line -> line.startsWith("Authorization"));
  }

  private void list(String endpoint, String variable, InetSocketAddress proxy) {
    Checkpoints.download("a/b")
        .to(folder)
        .endpoint(URI.create(endpoint))
        .retries(0)
        .environment(Map.of(variable, "http://me:p%40ss+1@127.0.0.1:" + proxy.getPort()))
        .list();
  }
}
