package io.penstock.dataplane.ipvs.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What ipvsadm 1.31 said, and what it asked the kernel to do, for commands right and wrong. */
class IpvsadmWordsTest {

    @Test
    void shouldSayAndTellWhatTheRealToolDidWhenGivenTheSameCommand() {
        final List<Transcript.Entry> entries = Transcript.read("words");
        for (final Transcript.Entry entry : entries) {
            final ToldStore store = new ToldStore(entry.refusal(), List.of(), List.of());
            final Ipvsadm.Outcome outcome = new Ipvsadm(store).run(entry.input(), entry.words());
            assertEquals(String.join("\n", entry.expected()), String.join("\n", Transcript.lines(outcome, store.told())),
                    () -> entry.line() + "\n" + entry.input());
        }
        assertTrue(entries.size() > 1_000, () -> "commands=" + entries.size());
    }
}
