package io.penstock.dataplane.ipvs.health;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/**
 * Whether the server answers an HTTP request as wanted. Redirections are not followed: their status counts.
 *
 * @param tls    over TLS, or null for a plain connection
 * @param method GET or HEAD
 * @param path   of the request, with its query
 * @param host   the Host header, or null for the server's address and port
 * @param status wanted
 * @param body   what it has to be, or null for anything
 */
public record HttpCheck(Tls tls, Method method, String path, String host, List<StatusRange> status, BodyTest body)
        implements Check {

    /** What is asked for. */
    public enum Method {
        /** The body, too. */
        GET,
        /** What comes before the body. */
        HEAD
    }

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /** Copies what could change. */
    public HttpCheck {
        status = List.copyOf(status);
    }

    @Override
    public String kind() {
        return tls == null ? "http" : "https";
    }

    @Override
    public String run(final CheckRun run) throws CheckFailure, IOException, InterruptedException {
        Socket socket = run.connect().socket();
        if (tls != null) {
            try {
                socket = tls.over(socket, run.address().toString(), run.port());
            } catch (final SSLException e) {
                if (run.isOver()) {
                    throw run.late();
                }
                throw CheckFailure.of("handshake failed: " + Names.ofProblem(e));
            }
        }
        final HttpExchange.Response response =
                HttpExchange.of(socket.getInputStream(), socket.getOutputStream(), request(run), body != null);
        final String found = "status " + response.status();
        if (status.stream().noneMatch(range -> range.has(response.status()))) {
            throw CheckFailure.of(found + ", wanted " + status.stream().map(StatusRange::toString).collect(Collectors.joining(", ")));
        }
        final String problem = body == null ? null : body.problem(response.body(), response.cut(), run::isOver);
        if (problem != null) {
            throw CheckFailure.of(found + ", " + problem);
        }
        return found;
    }

    private String request(final CheckRun run) {
        return method.name() + ' ' + path + " HTTP/1.1\r\n"
                + "Host: " + (host == null ? ownHost(run) : host) + "\r\n"
                + "User-Agent: penstock\r\n"
                + "Accept: */*\r\n"
                + "Connection: close\r\n\r\n";
    }

    private String ownHost(final CheckRun run) {
        final boolean usual = run.port() == (tls == null ? HTTP_PORT : HTTPS_PORT);
        return usual ? Names.host(run.address()) : Names.of(run.address(), run.port());
    }
}
