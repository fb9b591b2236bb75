package io.penstock.dataplane.ipvs.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What ipvsadm 1.31 printed of services, servers and connections in each of its ways, with and without names; and the order of many
 * addresses, of which some sort in circles.
 */
class IpvsadmListingTest {

    /** What the tool's lines leave out. */
    private static final Pattern BEYOND = Pattern.compile(" -[xy] [0-9]+");

    @ParameterizedTest
    @ValueSource(strings = {"listing", "order"})
    void shouldPrintWhatTheRealToolDidWhenShownTheSameServices(final String name) {
        final List<Transcript.Entry> entries = Transcript.read(name);
        final Fixture fixture = new Fixture(name + ".services");
        for (final Transcript.Entry entry : entries) {
            final ToldStore store = new ToldStore(null, fixture.services, fixture.connections);
            final Ipvsadm.Outcome outcome = new Ipvsadm(store).run(entry.input(), entry.words());
            final List<String> lines = Transcript.lines(outcome, store.told()).stream()
                    .map(line -> entry.words().contains("-S") || entry.words().contains("-Sn") ? BEYOND.matcher(line).replaceAll("") : line)
                    .toList();
            assertEquals(String.join("\n", entry.expected()), String.join("\n", lines), entry::line);
        }
        assertFalse(entries.isEmpty());
    }
}
