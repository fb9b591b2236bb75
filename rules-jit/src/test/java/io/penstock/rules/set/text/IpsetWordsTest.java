package io.penstock.rules.set.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What ipset 7.17 said, and what it told the kernel, for commands of all types in both families, right and wrong. */
class IpsetWordsTest {

    @ParameterizedTest
    @ValueSource(strings = {"elements", "create", "commands"})
    void shouldSayAndTellWhatTheRealToolDidWhenGivenTheSameCommand(final String name) {
        final List<Transcript.Entry> entries = Transcript.read(name);
        for (final Transcript.Entry entry : entries) {
            final ToldStore store = new ToldStore();
            final Ipset.Outcome outcome = new Ipset(store, new FewNames()).run(entry.input(), entry.words());
            assertEquals(String.join("\n", entry.expected()), String.join("\n", Transcript.lines(outcome, store.told())),
                    () -> entry.line() + "\n" + entry.input());
        }
        assertTrue(entries.size() > 100, () -> "commands=" + entries.size());
    }
}
