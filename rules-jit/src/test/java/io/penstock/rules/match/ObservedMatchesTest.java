package io.penstock.rules.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.Names;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.Rule;
import io.penstock.rules.text.Extensions;
import io.penstock.rules.text.RuleText;
import io.penstock.rules.text.SystemNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the real tool and kernel said to rules, against what is said here. */
final class ObservedMatchesTest {

    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final Extensions EXTENSIONS = new Extensions(MatchesB.all(), List.of());
    private static final Names NAMES = new NamesWithSets(new SystemNames());
    /** Characters of the two columns of addresses in a list. */
    private static final int ADDRESS_COLUMNS = 41;
    private static final int ENOENT = 2;
    private static final int EINVAL = 22;

    @TestFactory
    Stream<DynamicTest> shouldSayWhatRealToolSays() throws IOException {
        final Map<String, String> cases = read("matches-of-surroundings.txt");
        assertTrue(cases.size() > 300, "cases=" + cases.size());
        return cases.entrySet().stream()
                .map(one -> DynamicTest.dynamicTest(one.getKey(), () -> assertEquals(one.getValue(), run(one.getKey()))));
    }

    @Test
    void shouldNameEveryKindOnce() {
        final List<String> names = MatchesB.all().stream().map(Kind::name).toList();
        assertEquals(names.size(), Set.copyOf(names).size());
        assertEquals(22, names.size());
    }

    private static Map<String, String> read(final String name) throws IOException {
        final Map<String, String> cases = new LinkedHashMap<>();
        String command = null;
        try (InputStream in = ObservedMatchesTest.class.getResourceAsStream(name)) {
            for (final String line : new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).split("\n")) {
                if (line.startsWith("$ ")) {
                    command = line.substring(2);
                    cases.put(command, "");
                } else if (command != null && !line.isEmpty() && !line.startsWith("#")) {
                    cases.merge(command, line + "\n", String::concat);
                }
            }
        }
        return cases;
    }

    private static String run(final String command) {
        final Matcher matcher = WORD.matcher(command);
        final List<String> words = new ArrayList<>();
        while (matcher.find()) {
            words.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
        }
        final IpFamily family = words.get(0).equals("iptables") ? IpFamily.IPV4 : IpFamily.IPV6;
        final String chain = words.get(2);
        final List<String> line = new ArrayList<>(List.of("-t", words.get(1), "-A", chain));
        line.addAll(words.subList(3, words.size()));
        final RuleText result = RuleText.of(EXTENSIONS, NAMES, family, Set.of(), line);
        final StringBuilder said = new StringBuilder();
        result.error().lines().filter(text -> !text.isEmpty() && !text.startsWith("Try `"))
                .forEach(text -> said.append(result.status()).append(' ').append(text).append('\n'));
        final int errno = result.status() == 0 ? check(result, family, words.get(1), chain) : 0;
        if (errno != 0) {
            return said + "1 " + family.tool() + (errno == ENOENT
                    ? ": No chain/target/match by that name.\n"
                    : errno == EINVAL ? ": Invalid argument. Run `dmesg' for more information.\n" : ": " + errno + "\n");
        }
        result.saved().forEach(text ->
                said.append("= ").append(text.strip().substring(("-A " + chain).length()).stripLeading()).append('\n'));
        final String any = family == IpFamily.IPV4 ? "0.0.0.0/0" : "::/0";
        result.numeric().forEach(text -> said.append('L')
                .append(text.substring(text.indexOf(any) + ADDRESS_COLUMNS).replace("\0", "\\0")));
        return said.toString();
    }

    private static int check(final RuleText result, final IpFamily family, final String table, final String chain) {
        for (final Rule rule : result.rules()) {
            final Place place = new Place(
                    family,
                    TableName.of(table),
                    RuleHook.valueOf(chain).bit(),
                    rule.selector().protocol(),
                    rule.selector().protocolInverted());
            for (final Match match : rule.matches()) {
                final Kind kind = match.kind();
                final boolean fits = (kind.tables().isEmpty() || kind.tables().contains(place.table()))
                        && (kind.hooks() == 0 || (place.hooks() & ~kind.hooks()) == 0)
                        && (kind.protocols().isEmpty() || kind.protocols().stream().anyMatch(place::isOnly));
                final int errno = fits ? match.check(place) : EINVAL;
                if (errno != Kind.FINE) {
                    return errno;
                }
            }
        }
        return Kind.FINE;
    }
}
