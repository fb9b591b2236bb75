package io.penstock.dataplane.config;

import static io.penstock.dataplane.config.HealthParser.required;
import static io.penstock.dataplane.config.HealthParser.word;

import io.penstock.dataplane.ipvs.health.BodyTest;
import io.penstock.dataplane.ipvs.health.Check;
import io.penstock.dataplane.ipvs.health.DnsCheck;
import io.penstock.dataplane.ipvs.health.HttpCheck;
import io.penstock.dataplane.ipvs.health.HttpCheck.Method;
import io.penstock.dataplane.ipvs.health.PingCheck;
import io.penstock.dataplane.ipvs.health.ScriptCheck;
import io.penstock.dataplane.ipvs.health.StatusRange;
import io.penstock.dataplane.ipvs.health.TcpCheck;
import io.penstock.dataplane.ipvs.health.Tls;
import io.penstock.dataplane.ipvs.health.UdpCheck;
import io.penstock.os.netlink.IpAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import javax.net.ssl.SNIHostName;

/** Reads {@code check:} of a rule of {@code health:}: one kind, and what it asks for. */
final class CheckParser {

    private static final List<String> KINDS = List.of("tcp", "http", "https", "udp", "dns", "ping", "script");
    private static final List<String> HTTP_KEYS = List.of("path", "method", "host", "status", "body", "body-regex", "digest");
    private static final List<String> HTTPS_KEYS =
            List.of("path", "method", "host", "status", "body", "body-regex", "digest", "verify", "sni", "ca");
    private static final List<String> BODIES = List.of("body", "body-regex", "digest");

    private static final Pattern STATUS = Pattern.compile("([1-5]\\d\\d)(?:\\s*-\\s*([1-5]\\d\\d))?");
    private static final List<StatusRange> DEFAULT_STATUS = List.of(new StatusRange(200, 299));
    private static final Pattern REQUEST_TARGET = Pattern.compile("/[\\x21-\\x7E]*");
    private static final Pattern HOST = Pattern.compile("[\\x21-\\x7E]+");
    private static final Pattern DIGEST = Pattern.compile("(?:(md5|sha256):)?([0-9A-Fa-f]+)");
    private static final int MD5_DIGITS = 32;
    private static final int SHA256_DIGITS = 64;

    /** RFC 1035 section 2.3.4, less the lengths' own bytes. */
    private static final int MAX_NAME = 253;
    private static final Pattern NAME = Pattern.compile("\\.|(?:[\\x21-\\x2D\\x2F-\\x7E]{1,63}\\.)*[\\x21-\\x2D\\x2F-\\x7E]{1,63}\\.?");
    private static final List<String> TYPES =
            List.of("a", "ns", "cname", "soa", "ptr", "mx", "txt", "aaaa", "srv", "any");
    private static final List<Integer> TYPE_NUMBERS = List.of(1, 2, 5, 6, 12, 15, 16, 28, 33, 255);
    private static final int SOA = 6;

    private final Path folder;

    CheckParser(final Path folder) {
        this.folder = folder;
    }

    Check parse(final Yaml value) {
        if (!value.isMapping()) {
            final String kind = value.text();
            if ("tcp".equals(kind) || "ping".equals(kind)) {
                return "tcp".equals(kind) ? new TcpCheck() : new PingCheck();
            }
        }
        final Map<String, Yaml> kinds = value.mapping(KINDS);
        if (kinds.size() != 1) {
            throw value.error(value.name() + " must name one kind of check, not " + kinds.size() + "; supported: "
                    + String.join(", ", KINDS));
        }
        final Yaml of = kinds.values().iterator().next();
        return switch (kinds.keySet().iterator().next()) {
            case "tcp" -> {
                of.mapping(List.of());
                yield new TcpCheck();
            }
            case "ping" -> {
                of.mapping(List.of());
                yield new PingCheck();
            }
            case "http" -> http(of, of.mapping(HTTP_KEYS), false);
            case "https" -> http(of, of.mapping(HTTPS_KEYS), true);
            case "udp" -> udp(of);
            case "dns" -> dns(of);
            default -> script(of);
        };
    }

    private HttpCheck http(final Yaml value, final Map<String, Yaml> keys, final boolean secure) {
        final Method method = !keys.containsKey("method") ? Method.GET
                : word(keys.get("method"), List.of("GET", "HEAD"), List.of(Method.GET, Method.HEAD));
        final String path = keys.containsKey("path")
                ? matching(keys.get("path"), REQUEST_TARGET, "a path such as /health, without spaces") : "/";
        final String host = keys.containsKey("host")
                ? matching(keys.get("host"), HOST, "a host such as www.example.org, without spaces") : null;
        final BodyTest body = body(value, keys);
        if (body != null && method == Method.HEAD) {
            throw keys.get("method").error(keys.get("method").name() + "=HEAD brings no body to be looked at; write GET");
        }
        return new HttpCheck(secure ? tls(keys, host) : null, method, path, host,
                keys.containsKey("status") ? status(keys.get("status")) : DEFAULT_STATUS, body);
    }

    private static List<StatusRange> status(final Yaml value) {
        final List<Yaml> elements = value.isSequence() ? value.sequence("[200-299]") : List.of(value);
        if (elements.isEmpty()) {
            throw value.error(value.name() + " is empty; write the status wanted, such as [200-299]");
        }
        final List<StatusRange> ranges = new ArrayList<>();
        for (final Yaml element : elements) {
            ranges.add(element.literal(text -> {
                final Matcher matcher = STATUS.matcher(text);
                if (!matcher.matches()) {
                    throw new IllegalArgumentException("'" + text + "' is not a status from 100 to 599; write one such as 200 or 200-299");
                }
                final int first = Integer.parseInt(matcher.group(1));
                final int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
                if (last < first) {
                    throw new IllegalArgumentException("'" + text + "' runs backwards; write " + last + '-' + first);
                }
                return new StatusRange(first, last);
            }));
        }
        return ranges;
    }

    private static BodyTest body(final Yaml value, final Map<String, Yaml> keys) {
        final List<String> given = BODIES.stream().filter(keys::containsKey).toList();
        if (given.size() > 1) {
            throw value.error(value.name() + " has " + String.join(" and ", given) + ", which say twice what the body is; keep one");
        }
        if (given.isEmpty()) {
            return null;
        }
        final Yaml of = keys.get(given.getFirst());
        return switch (given.getFirst()) {
            case "body" -> new BodyTest.Contains(of.text());
            case "body-regex" -> of.literal(text -> {
                try {
                    return new BodyTest.Matches(Pattern.compile(text));
                } catch (final PatternSyntaxException e) {
                    throw new IllegalArgumentException("'" + text + "' is not a regular expression: " + e.getDescription()
                            + " near index " + e.getIndex() + "; mend it");
                }
            });
            default -> of.literal(CheckParser::digest);
        };
    }

    /** As md5sum and sha256sum print them; keepalived's have no word in front and are of MD5. */
    private static BodyTest digest(final String text) {
        final Matcher matcher = DIGEST.matcher(text);
        if (matcher.matches()) {
            final String hex = matcher.group(2).toLowerCase(Locale.ROOT);
            final boolean md5 = matcher.group(1) == null ? hex.length() == MD5_DIGITS : "md5".equals(matcher.group(1));
            if (hex.length() == (md5 ? MD5_DIGITS : SHA256_DIGITS)) {
                return new BodyTest.Digest(md5 ? "MD5" : "SHA-256", hex);
            }
        }
        throw new IllegalArgumentException("'" + text + "' is not a digest; write md5: and 32 digits, or sha256: and 64 digits");
    }

    private Tls tls(final Map<String, Yaml> keys, final String host) {
        final boolean verify = !keys.containsKey("verify") || keys.get("verify").yesOrNo();
        final Yaml ca = keys.get("ca");
        if (ca != null && !verify) {
            throw ca.keyError(ca.name() + " does nothing with verify: false; remove one of them");
        }
        final String name = keys.containsKey("sni") ? keys.get("sni").literal(CheckParser::serverName) : nameOf(host);
        final Path trusted = ca == null ? null : path(ca);
        try {
            return Tls.of(verify, name, trusted);
        } catch (final IOException e) {
            throw ca.error(ca.name() + '=' + ca.text() + " cannot be read: " + e.getMessage() + "; check the path and permissions");
        } catch (final GeneralSecurityException e) {
            if (ca == null) {
                throw new IllegalStateException(e);
            }
            throw ca.error(ca.name() + '=' + ca.text() + " has no certificates in PEM: " + e.getMessage() + "; name a file that has");
        }
    }

    private static String serverName(final String text) {
        try {
            return new SNIHostName(text).getAsciiName();
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' cannot be a server's name: " + e.getMessage() + "; write one such as www.example.org");
        }
    }

    /** The server's name that goes with a Host header: none where that is an address. */
    private static String nameOf(final String host) {
        if (host == null || host.startsWith("[")) {
            return null;
        }
        final int colon = host.indexOf(':');
        final String name = colon < 0 ? host : host.substring(0, colon);
        try {
            IpAddress.parse(name);
            return null;
        } catch (final IllegalArgumentException e) {
            return serverNameOrNone(name);
        }
    }

    private static String serverNameOrNone(final String name) {
        try {
            return serverName(name);
        } catch (final IllegalArgumentException e) {
            return null;
        }
    }

    private static UdpCheck udp(final Yaml value) {
        final Map<String, Yaml> keys = value.mapping(List.of("send", "send-hex", "expect", "expect-hex"));
        final byte[] payload = bytes(value, keys, "send");
        return new UdpCheck(payload == null ? new byte[0] : payload, bytes(value, keys, "expect"));
    }

    /** A key's text, or the bytes that it has in hexadecimal digits under its other name; null where neither is given. */
    private static byte[] bytes(final Yaml value, final Map<String, Yaml> keys, final String key) {
        final Yaml text = keys.get(key);
        final Yaml hex = keys.get(key + "-hex");
        if (text != null && hex != null) {
            throw hex.keyError(value.name() + " has " + key + " and " + key + "-hex; keep one");
        }
        if (hex == null) {
            return text == null ? null : text.text().getBytes(StandardCharsets.UTF_8);
        }
        return hex.literal(digits -> {
            try {
                return HexFormat.of().parseHex(digits.replaceAll("[ :]", ""));
            } catch (final IllegalArgumentException e) {
                throw new IllegalArgumentException("'" + digits + "' is not bytes in hexadecimal digits; write two for each, such as \"00ff\"");
            }
        });
    }

    private static DnsCheck dns(final Yaml value) {
        final Map<String, Yaml> keys = value.mapping(List.of("name", "type", "rcode"));
        final Yaml name = keys.get("name");
        if (name != null && (name.text().length() > MAX_NAME || !NAME.matcher(name.text()).matches())) {
            throw name.error(name.name() + "='" + name.text() + "' is not a domain name; write one such as www.example.org");
        }
        return new DnsCheck(
                name == null ? "." : name.text(),
                keys.containsKey("type") ? type(keys.get("type")) : SOA,
                keys.containsKey("rcode") ? rcode(keys.get("rcode")) : 0);
    }

    private static int type(final Yaml value) {
        final int index = TYPES.indexOf(value.text().toLowerCase(Locale.ROOT));
        return index >= 0 ? TYPE_NUMBERS.get(index) : word(value, TYPES, TYPE_NUMBERS);
    }

    private static int rcode(final Yaml value) {
        final int index = DnsCheck.RCODES.indexOf(value.text().toLowerCase(Locale.ROOT));
        return index >= 0 ? index : word(value, DnsCheck.RCODES, List.of());
    }

    private ScriptCheck script(final Yaml value) {
        final Map<String, Yaml> keys = value.mapping(List.of("run", "arguments"));
        final Yaml run = required(value, keys, "run");
        final Path program = path(run);
        if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
            throw run.error(run.name() + '=' + run.text() + " is no executable file; name one, by its path");
        }
        final List<String> arguments = keys.containsKey("arguments")
                ? keys.get("arguments").sequence("[\"{address}\", \"{port}\"]").stream().map(Yaml::text).toList() : List.of();
        return new ScriptCheck(program, arguments);
    }

    private Path path(final Yaml value) {
        try {
            if (!value.text().isBlank()) {
                return folder.resolve(value.text());
            }
        } catch (final InvalidPathException e) {
            // Refused below like an empty one: both name no file.
        }
        throw value.error(value.name() + " must be the path of a file");
    }

    private static String matching(final Yaml value, final Pattern pattern, final String example) {
        if (!pattern.matcher(value.text()).matches()) {
            throw value.error(value.name() + "='" + value.text() + "' must be " + example);
        }
        return value.text();
    }
}
