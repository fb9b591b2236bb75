package io.penstock.dataplane.ipvs.health;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Whether the server answers a DNS query over UDP.
 *
 * <p>Source: RFC 1035 section 4.1, RFC 6895 section 2.3 (codes).
 *
 * @param name  that is asked for
 * @param type  of the records, by number
 * @param rcode wanted, by number
 */
public record DnsCheck(String name, int type, int rcode) implements Check {

    /** Response codes by number. */
    public static final List<String> RCODES = List.of("noerror", "formerr", "servfail", "nxdomain", "notimp", "refused",
            "yxdomain", "yxrrset", "nxrrset", "notauth", "notzone");

    private static final int HEADER_BYTES = 12;
    private static final int FLAGS = 2;
    private static final int QUESTIONS = 4;
    private static final int RESPONSE = 0x8000;
    private static final int RECURSION_DESIRED = 0x0100;
    private static final int RCODE_MASK = 0xF;
    private static final int CLASS_IN = 1;

    /** Bytes of an answer over UDP without EDNS; more is there from servers that do not care. */
    private static final int ANSWER_BYTES = 4096;

    @Override
    public String kind() {
        return "dns";
    }

    @Override
    public String run(final CheckRun run) throws CheckFailure, IOException, InterruptedException {
        final byte[] query = query(ThreadLocalRandom.current().nextInt(1 << Short.SIZE));
        final DatagramChannel channel = run.datagrams();
        channel.write(ByteBuffer.wrap(query));
        final ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES);
        do {
            // What does not answer this query is an earlier one's answer, or somebody's guess.
            answer.clear();
            channel.read(answer);
        } while (!answers(answer, query));
        final int code = answer.getShort(FLAGS) & RCODE_MASK;
        if (code != rcode) {
            throw CheckFailure.of("rcode " + shown(code) + ", wanted " + shown(rcode));
        }
        return "rcode " + shown(code);
    }

    /** Whether what was read, up to the buffer's position, answers the query. */
    static boolean answers(final ByteBuffer answer, final byte[] query) {
        return answer.position() >= HEADER_BYTES
                && answer.get(0) == query[0]
                && answer.get(1) == query[1]
                && (answer.getShort(FLAGS) & RESPONSE) != 0
                && (answer.getShort(QUESTIONS) == 0 || sameQuestion(answer, query));
    }

    /** Letters of names may come back in another case. */
    private static boolean sameQuestion(final ByteBuffer answer, final byte[] query) {
        if (answer.position() < query.length) {
            return false;
        }
        final byte[] question = Arrays.copyOfRange(answer.array(), HEADER_BYTES, query.length);
        return new String(question, StandardCharsets.ISO_8859_1)
                .equalsIgnoreCase(new String(query, HEADER_BYTES, query.length - HEADER_BYTES, StandardCharsets.ISO_8859_1));
    }

    byte[] query(final int identifier) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        putShort(bytes, identifier);
        putShort(bytes, RECURSION_DESIRED);
        putShort(bytes, 1);
        putShort(bytes, 0);
        putShort(bytes, 0);
        putShort(bytes, 0);
        for (final String label : name.split("\\.")) {
            if (!label.isEmpty()) {
                bytes.write(label.length());
                bytes.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
            }
        }
        bytes.write(0);
        putShort(bytes, type);
        putShort(bytes, CLASS_IN);
        return bytes.toByteArray();
    }

    private static void putShort(final ByteArrayOutputStream bytes, final int value) {
        bytes.write(value >>> Byte.SIZE);
        bytes.write(value);
    }

    private static String shown(final int code) {
        return code < RCODES.size() ? RCODES.get(code) : Integer.toString(code);
    }
}
