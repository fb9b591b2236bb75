package io.penstock.rules.set;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.set.NoWorkers;
import io.penstock.rules.hot.set.SetPlace;
import io.penstock.rules.hot.set.SetQuery;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commands beside what the kernel answered to them. */
final class SetRegistryKernelTest {

    private static final long NOW_NS = 1_000_000_000_000L;

    private final SetRegistry sets = new SetRegistry(new NoWorkers(), () -> NOW_NS, () -> 42);
    private final SetPacket packets = new SetPacket();

    @AfterEach
    void close() {
        sets.close();
        packets.close();
    }

    @Test
    void shouldAnswerAsTheKernelWhenCommandsAreGiven() throws IOException {
        check("kernel-answers.txt");
    }

    @Test
    void shouldAnswerAsTheKernelWhenPacketsAsk() throws IOException {
        check("kernel-packets.txt");
    }

    @Test
    void shouldAnswerAsItsSourcesSayWhenTheKernelAtHandHasNoSuchType() throws IOException {
        check("source-answers.txt");
    }

    void check(final String file) throws IOException {
        final List<String> wrong = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                SetRegistryKernelTest.class.getResourceAsStream(file), StandardCharsets.UTF_8))) {
            int count = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.isEmpty() && line.charAt(0) != '#') {
                    final String[] halves = line.split(" => ");
                    final String answer = halves[0].contains(" : ") ? ask(halves[0]) : run(List.of(halves[0].split(" ")));
                    if (!answer.equals(halves[1])) {
                        wrong.add(halves[0] + "\n  kernel: " + halves[1] + "\n  here:   " + answer);
                    }
                    count++;
                }
            }
            assertEquals("", String.join("\n", wrong), "of " + count + " commands");
        }
    }

    private String run(final List<String> words) {
        final String command = words.get(0);
        final boolean exist = command.endsWith("!");
        final String name = words.size() > 1 ? words.get(1) : "";
        try {
            switch (command.replace("!", "")) {
                case "create" -> sets.create(SetLines.spec(words.subList(1, words.size())), exist);
                case "add" -> sets.add(name, element(words), exist);
                case "del" -> sets.delete(name, element(words), exist);
                case "test" -> {
                    return sets.test(name, element(words)) ? "ok" : "absent";
                }
                case "list" -> {
                    return list(name);
                }
                case "flush" -> sets.flush(name);
                case "rename" -> sets.rename(name, words.get(2));
                case "swap" -> sets.swap(name, words.get(2));
                case "destroy" -> {
                    if (name.isEmpty()) {
                        sets.destroyAll();
                    } else {
                        sets.destroy(name);
                    }
                }
                default -> throw new IllegalArgumentException(command);
            }
            return "ok";
        } catch (final SetProblem e) {
            return e.code().name();
        }
    }

    private String ask(final String line) {
        final String[] halves = line.split(" : ");
        final List<String> words = List.of(halves[0].split(" "));
        final boolean matches = words.get(0).equals("match");
        final RulePacket packet = packets.of(halves[1], NOW_NS);
        final SetPlace place = sets.acquire(words.get(matches ? 1 : 2), "test").orElseThrow();
        final SetQuery query = query(words.subList(matches ? 2 : 3, words.size()));
        try {
            if (matches) {
                return place.test(packet, query) ? "yes" : "no";
            }
            if (words.get(1).equals("add-set")) {
                place.get().add(packet, query);
            } else {
                place.get().delete(packet, query);
            }
            return "ok";
        } finally {
            sets.release(place, "test");
        }
    }

    private static SetQuery query(final List<String> words) {
        final String[] directions = words.get(0).split(",");
        int sources = 0;
        for (int i = 0; i < directions.length; i++) {
            sources |= directions[i].equals("src") ? 1 << i : 0;
        }
        final long[] packets = condition(words, "--packets-");
        final long[] bytes = condition(words, "--bytes-");
        final int timeout = words.indexOf("--timeout");
        return new SetQuery(directions.length, sources, words.contains("--return-nomatch"), !words.contains("--update-counters"),
                !words.contains("--update-subcounters"), (int) packets[0], packets[1], (int) bytes[0], bytes[1], words.contains("--exist"),
                timeout < 0 ? SetQuery.NO_TIMEOUT : Long.parseLong(words.get(timeout + 1)));
    }

    private static long[] condition(final List<String> words, final String prefix) {
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).startsWith(prefix)) {
                final boolean not = words.get(i - 1).equals("!");
                final int condition = switch (words.get(i).substring(prefix.length())) {
                    case "eq" -> not ? SetQuery.NOT_EQUAL : SetQuery.EQUAL;
                    case "lt" -> SetQuery.LESS;
                    default -> SetQuery.GREATER;
                };
                return new long[] {condition, Long.parseLong(words.get(i + 1))};
            }
        }
        return new long[] {SetQuery.NO_CONDITION, 0};
    }

    private SetElement element(final List<String> words) throws SetProblem {
        return SetLines.element(sets.header(words.get(1)).spec().type(), words.subList(2, words.size()));
    }

    private String list(final String name) throws SetProblem {
        final SetType type = sets.header(name).spec().type();
        final List<String> members = new ArrayList<>();
        final SetStore.Header header = sets.header(name);
        sets.list(name, element -> members.add(SetLines.text(type, element)));
        final List<String> ordered = !type.isHash() && !name.equals("h2") ? members : members.stream().sorted().toList();
        return "ok | " + header(header.spec()) + " | refs " + header.references() + " | " + header.elements()
                + ordered.stream().map(member -> " ; " + member).collect(Collectors.joining());
    }

    private static String header(final SetSpec spec) {
        final List<String> words = new ArrayList<>();
        if (spec.type().isBitmap()) {
            words.add("range " + (spec.type() == SetType.BITMAP_PORT ? spec.rangeFrom() + "-" + spec.rangeTo()
                    : SetLines.text(SetType.BITMAP_IP, at(spec.rangeFrom())) + '-' + SetLines.text(SetType.BITMAP_IP, at(spec.rangeTo()))));
            if (spec.netmask() != SetSpec.UNSET) {
                words.add("netmask " + spec.netmask());
            }
        } else if (spec.type().isHash()) {
            if (spec.family() != 0) {
                words.add(spec.family() == 6 ? "family inet6" : "family inet");
            }
            words.add("hashsize " + spec.hashsize() + " maxelem " + spec.maxelem());
        } else {
            words.add("size " + spec.size());
        }
        final boolean maskLast = spec.type() == SetType.HASH_IP_PORT;
        if (!maskLast) {
            addMask(words, spec);
        }
        if (spec.timeout() != SetSpec.UNSET) {
            words.add("timeout " + spec.timeout());
        }
        if (spec.counters()) {
            words.add("counters");
        }
        if (spec.comment()) {
            words.add("comment");
        }
        if (spec.skbinfo()) {
            words.add("skbinfo");
        }
        if (spec.type().isHash()) {
            words.add("bucketsize " + spec.bucketsize() + (spec.initval() == 0x77 ? " initval 0x00000077" : ""));
        }
        if (maskLast) {
            addMask(words, spec);
        }
        return String.join(" ", words);
    }

    private static void addMask(final List<String> words, final SetSpec spec) {
        if (spec.type().isHash() && spec.netmask() != SetSpec.UNSET) {
            words.add("netmask " + spec.netmask());
        }
        if (spec.hasMask()) {
            words.add("bitmask " + SetLines.text(SetType.BITMAP_IP, at(spec.maskLow())));
        }
    }

    private static SetElement at(final long address) {
        final SetElement element = new SetElement();
        element.family = 4;
        element.ipLow = address;
        return element;
    }
}
