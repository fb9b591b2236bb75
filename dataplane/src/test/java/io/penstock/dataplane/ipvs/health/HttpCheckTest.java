package io.penstock.dataplane.ipvs.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.penstock.dataplane.ipvs.health.HttpCheck.Method;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTP and HTTPS against servers on loopback. */
@Timeout(60)
final class HttpCheckTest {

    private static final String LOOPBACK = "127.0.0.1";
    private static final List<StatusRange> GOOD = List.of(new StatusRange(200, 299));
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final Asked asked = new Asked();
    private final List<String> requests = new ArrayList<>();
    private HttpServer server;

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        asked.close();
        if (server != null) {
            server.stop(0);
        }
    }

    private static HttpCheck get(final String path, final BodyTest body) {
        return new HttpCheck(null, Method.GET, path, null, GOOD, body);
    }

    private int serve(final HttpServer made) {
        server = made;
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
        return server.getAddress().getPort();
    }

    private void answer(final HttpExchange exchange) throws IOException {
        final String path = exchange.getRequestURI().toString();
        requests.add(exchange.getRequestMethod() + ' ' + path + ' ' + exchange.getRequestHeaders().getFirst("Host"));
        final byte[] body = ("all is well at " + path).getBytes(StandardCharsets.UTF_8);
        final int status = path.startsWith("/status/") ? Integer.parseInt(path.substring(8)) : 200;
        // A length of 0 is "chunked" to this server, of -1 no body.
        exchange.sendResponseHeaders(status, "HEAD".equals(exchange.getRequestMethod()) ? -1
                : path.startsWith("/chunked") ? 0 : body.length);
        if (!"HEAD".equals(exchange.getRequestMethod())) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private int serve() throws IOException {
        return serve(HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0));
    }

    @Test
    void shouldJudgeTheStatusWhenAServerAnswers() throws IOException {
        final int port = serve();
        assertEquals("status 200", asked.of(get("/health?a=b", null), LOOPBACK, port));
        assertEquals("FAILED status 503, wanted 200-299", asked.of(get("/status/503", null), LOOPBACK, port));
        assertEquals("status 503", asked.of(new HttpCheck(null, Method.HEAD, "/status/503", "www.example.org",
                List.of(new StatusRange(200, 200), new StatusRange(500, 599)), null), LOOPBACK, port));
        assertEquals("FAILED status 404, wanted 200, 500-599", asked.of(new HttpCheck(null, Method.HEAD, "/status/404", null,
                List.of(new StatusRange(200, 200), new StatusRange(500, 599)), null), LOOPBACK, port));
        assertEquals("FAILED status 302, wanted 200-299", asked.of(get("/status/302", null), LOOPBACK, port));
        assertEquals("GET /health?a=b 127.0.0.1:" + port, requests.getFirst());
        assertEquals("HEAD /status/503 www.example.org", requests.get(2));
    }

    @Test
    void shouldJudgeTheBodyWhenItHasALengthOrComesInChunks() throws Exception {
        final int port = serve();
        for (final String path : List.of("/plain", "/chunked")) {
            assertEquals("status 200", asked.of(get(path, new BodyTest.Contains("well at")), LOOPBACK, port));
            assertEquals("FAILED status 200, body without 'ill'", asked.of(get(path, new BodyTest.Contains("ill")), LOOPBACK, port));
            assertEquals("status 200", asked.of(get(path, new BodyTest.Matches(Pattern.compile("^all.*/\\w+$"))), LOOPBACK, port));
            assertEquals("FAILED status 200, body does not match 'w[^e]ll'",
                    asked.of(get(path, new BodyTest.Matches(Pattern.compile("w[^e]ll"))), LOOPBACK, port));
            final String digest = HexFormat.of().formatHex(MessageDigest.getInstance("MD5")
                    .digest(("all is well at " + path).getBytes(StandardCharsets.UTF_8)));
            assertEquals("status 200", asked.of(get(path, new BodyTest.Digest("MD5", digest)), LOOPBACK, port));
            assertEquals("FAILED status 200, body has MD5 " + digest + ", wanted 00",
                    asked.of(get(path, new BodyTest.Digest("MD5", "00")), LOOPBACK, port));
        }
    }

    @Test
    void shouldEndInTimeWhenAnExpressionTakesForEver() throws IOException {
        final int port = raw("HTTP/1.0 200 OK\r\n\r\n" + "a".repeat(60) + "!", true);
        assertEquals("FAILED status 200, body takes too long to be compared with '^(a|aa)+\\1b'", asked.of(
                get("/", new BodyTest.Matches(Pattern.compile("^(a|aa)+\\1b"))), LOOPBACK, port, Duration.ofMillis(400)));
    }

    @Test
    void shouldReadToTheEndWhenAnOldServerClosesTheConnection() throws IOException {
        assertEquals("status 200", asked.of(get("/", new BodyTest.Contains("the end")), LOOPBACK,
                raw("HTTP/1.0 200 OK\r\nServer: old\r\n\r\nthis is the end", true)));
    }

    @Test
    void shouldGoOnWhenAServerSaysThatThereIsMoreToCome() throws IOException {
        assertEquals("status 204", asked.of(get("/", null), LOOPBACK,
                raw("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", true)));
    }

    @Test
    void shouldFailWhenTheAnswerIsNone() throws IOException {
        assertEquals("FAILED answered 'SSH-2.0-OpenSSH_9.6', wanted HTTP/1.1",
                asked.of(get("/", null), LOOPBACK, raw("SSH-2.0-OpenSSH_9.6\r\n", true)));
        assertEquals("FAILED connection closed without an answer", asked.of(get("/", null), LOOPBACK, raw("", true)));
        assertEquals("FAILED no answer within 150ms", asked.of(get("/", null), LOOPBACK, raw("HTTP/1.1 200", false), Asked.SHORT));
        assertEquals("FAILED connection closed before the end of the body", asked.of(
                get("/", new BodyTest.Contains("x")), LOOPBACK, raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx", true)));
        assertEquals("FAILED body is broken: a chunk of length 'zz'", asked.of(
                get("/", new BodyTest.Contains("x")), LOOPBACK, raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", true)));
        assertEquals("FAILED headers are longer than 65536 bytes",
                asked.of(get("/", null), LOOPBACK, raw("HTTP/1.1 200 OK\r\nX: " + "y".repeat(70_000), false)));
    }

    @Test
    void shouldReadNoMoreThanItMayWhenTheBodyIsLong() throws IOException {
        final int port = raw("HTTP/1.1 200 OK\r\n\r\n" + "y".repeat((1 << 20) + 1), false);
        assertEquals("FAILED status 200, body without 'x' in its first 1048576 bytes",
                asked.of(get("/", new BodyTest.Contains("x")), LOOPBACK, port));
        assertEquals("FAILED status 200, body is longer than 1048576 bytes",
                asked.of(get("/", new BodyTest.Digest("MD5", "00")), LOOPBACK, port));
    }

    @Test
    void shouldTrustAsConfiguredWhenTheConnectionIsOverTls() throws Exception {
        final Path store = folder.resolve("store.p12");
        final Path pem = folder.resolve("cert.pem");
        keytool("-genkeypair", "-keyalg", "EC", "-alias", "a", "-dname", "CN=www.example.org", "-ext", "SAN=dns:www.example.org,ip:127.0.0.1",
                "-keystore", store.toString(), "-storepass", new String(PASSWORD));
        keytool("-exportcert", "-rfc", "-alias", "a", "-file", pem.toString(), "-keystore", store.toString(), "-storepass",
                new String(PASSWORD));
        final HttpsServer https = HttpsServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(context(store)));
        final int port = serve(https);
        final BodyTest body = new BodyTest.Contains("well");
        assertEquals("status 200", asked.of(https(Tls.of(false, null, null), body), LOOPBACK, port));
        assertEquals("status 200", asked.of(https(Tls.of(false, "other.example.org", null), body), LOOPBACK, port));
        assertEquals("status 200", asked.of(https(Tls.of(true, "www.example.org", pem), body), LOOPBACK, port));
        assertEquals("status 200", asked.of(https(Tls.of(true, null, pem), body), LOOPBACK, port));
        final String untrusted = asked.of(https(Tls.of(true, "www.example.org", null), body), LOOPBACK, port);
        assertTrue(untrusted.startsWith("FAILED handshake failed: ") && untrusted.contains("unable to find valid certification path"),
                untrusted);
        final String misnamed = asked.of(https(Tls.of(true, "other.example.org", pem), body), LOOPBACK, port);
        assertTrue(misnamed.startsWith("FAILED handshake failed: ") && misnamed.contains("No subject alternative DNS name matching"),
                misnamed);
    }

    @Test
    void shouldFailWhenTheServerSpeaksNoTls() throws Exception {
        final String plain = asked.of(https(Tls.of(false, null, null), null), LOOPBACK, raw("HTTP/1.0 400 Bad Request\r\n\r\n", true));
        assertTrue(plain.startsWith("FAILED handshake failed: "), plain);
        assertEquals("FAILED no answer within 150ms",
                asked.of(https(Tls.of(false, null, null), null), LOOPBACK, raw("", false), Asked.SHORT));
    }

    private static HttpCheck https(final Tls tls, final BodyTest body) {
        return new HttpCheck(tls, Method.GET, "/", null, GOOD, body);
    }

    private static SSLContext context(final Path store) throws Exception {
        final KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        final KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD);
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private static void keytool(final String... arguments) throws Exception {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
    }

    /** A server that answers everybody with this and then closes the connection, or leaves it open. */
    private int raw(final String answer, final boolean close) throws IOException {
        final ServerSocket socket = new ServerSocket(0, 8, InetAddress.getByName(LOOPBACK));
        final List<Socket> open = new ArrayList<>();
        Thread.ofVirtual().start(() -> {
            try (socket) {
                for (;;) {
                    final Socket client = socket.accept();
                    open.add(client);
                    client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                    if (close) {
                        // What was sent is to be read first: closing with something unread resets the connection.
                        client.shutdownOutput();
                        final InputStream in = client.getInputStream();
                        Thread.ofVirtual().start(() -> drain(in));
                    }
                }
            } catch (final IOException e) {
                // The check has gone away.
            }
        });
        return socket.getLocalPort();
    }

    private static void drain(final InputStream in) {
        try (in) {
            in.readAllBytes();
        } catch (final IOException e) {
            // It has gone away.
        }
    }
}
