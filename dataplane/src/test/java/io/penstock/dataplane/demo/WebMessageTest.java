package io.penstock.dataplane.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the demonstration's clients and servers say to each other, and what clients say when that fails. */
final class WebMessageTest {

    @Test
    void shouldReadBackWhatItWrote() throws IOException {
        final InputStream request = new ByteArrayInputStream(WebMessage.request("/client7/1", true));
        final String asked = WebMessage.head(request);
        assertEquals("GET /client7/1 HTTP/1.1\r\nHost: 192.0.2.80\r\nConnection: close\r\n\r\n", asked);
        assertEquals("close", WebMessage.field(asked, WebMessage.CONNECTION));
        assertNull(WebMessage.head(request));
        final InputStream answer = new ByteArrayInputStream(WebMessage.answer(3, "/client7/1", false));
        final String head = WebMessage.head(answer);
        assertEquals(Backend.THREE, WebMessage.answering(head));
        assertEquals("1000", WebMessage.field(head, WebMessage.LENGTH));
        assertEquals("", WebMessage.field(head, WebMessage.CONNECTION));
        final byte[] body = answer.readAllBytes();
        assertEquals(WebMessage.BODY_BYTES, body.length);
        assertTrue(WebMessage.isBodyOf(body, "/client7/1"));
        assertFalse(WebMessage.isBodyOf(body, "/client7/2"));
        assertFalse(WebMessage.isBodyOf(body, "/client7/"));
    }

    @Test
    void shouldRefuseWhatIsNoMessage() {
        assertThrows(EOFException.class, () -> WebMessage.head(in("GET / HTTP/1.1\r\n")));
        assertEquals("not HTTP: no empty line in bytes=2048",
                assertThrows(IOException.class, () -> WebMessage.head(in("x".repeat(3_000)))).getMessage());
        assertNull(WebMessage.answering("HTTP/1.1 200 OK\r\nX-Server: 9\r\n\r\n"));
        assertNull(WebMessage.answering("HTTP/1.1 200 OK\r\n\r\n"));
    }

    @Test
    void shouldSayInWordsWhatAClientMet() {
        assertEquals("no connection", WebFailure.why(new SocketTimeoutException("Connect timed out"), false));
        assertEquals("no answer", WebFailure.why(new SocketTimeoutException("Read timed out"), true));
        assertEquals("connection refused", WebFailure.why(new ConnectException("Connection refused"), false));
        assertEquals("host unreachable", WebFailure.why(new NoRouteToHostException("No route to host"), false));
        assertEquals("connection reset", WebFailure.why(new SocketException("Connection reset by peer"), true));
        assertEquals("connection closed before the answer", WebFailure.why(new EOFException("closed"), true));
        assertEquals("an answer to another request", WebFailure.why(new IOException("an answer to another request"), true));
    }

    private static InputStream in(final String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
