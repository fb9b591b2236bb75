package io.penstock.conntrack.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.conntrack.model.ConnectionException;
import io.penstock.conntrack.model.Expectation;
import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.Connection;
import io.penstock.conntrack.model.MemoryConnectionStore;
import io.penstock.os.sys.Errno;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Texts are what conntrack 1.4.7 wrote about the same changes. */
class EventsTest {

    private static final String TCP = "-p tcp --sport 10 --dport 20 --state ESTABLISHED -t 500";

    private final MemoryConnectionStore store =
            new MemoryConnectionStore(ConntrackBox.still(), new MemoryConnectionStore.Keeps(true, true, false));

    /** What a command that tells events wrote while others were run. */
    private ConntrackBox.Outcome watch(final String command, final String... others) {
        final ConntrackBox.Outcome[] outcome = new ConntrackBox.Outcome[1];
        final ConntrackBox box = new ConntrackBox(store, ConntrackBox.still());
        outcome[0] = new ConntrackBox(store, ConntrackBox.still(), Map.of(), () -> {
            for (final String other : others) {
                assertEquals(0, box.run(other).status(), other);
            }
        }).run(command);
        return outcome[0];
    }

    @Test
    void shouldTellAllChangesWhenNoMaskIsGiven() {
        final ConntrackBox.Outcome outcome = watch("-E -o extended", "-I -s 1.1.1.3 -d 2.2.2.2 " + TCP + " -u ASSURED,SEEN_REPLY -m 0x55",
                "-I -s 1.1.1.9 -d 2.2.2.2 " + TCP, "-U -s 1.1.1.3 -t 77", "-D -s 1.1.1.3", "-D -s 1.1.1.9");
        assertEquals("""
                    [NEW] ipv4     2 tcp      6 500 ESTABLISHED src=1.1.1.3 dst=2.2.2.2 sport=10 dport=20 src=2.2.2.2 dst=1.1.1.3 \
                sport=20 dport=10 [ASSURED] mark=85
                    [NEW] ipv4     2 tcp      6 500 ESTABLISHED src=1.1.1.9 dst=2.2.2.2 sport=10 dport=20 [UNREPLIED] src=2.2.2.2 \
                dst=1.1.1.9 sport=20 dport=10 mark=0
                 [UPDATE] ipv4     2 tcp      6 77 ESTABLISHED src=1.1.1.3 dst=2.2.2.2 sport=10 dport=20 src=2.2.2.2 dst=1.1.1.3 \
                sport=20 dport=10 [ASSURED] mark=85
                [DESTROY] ipv4     2 tcp      6 77 ESTABLISHED src=1.1.1.3 dst=2.2.2.2 sport=10 dport=20 packets=0 bytes=0 src=2.2.2.2 \
                dst=1.1.1.3 sport=20 dport=10 packets=0 bytes=0 [ASSURED] mark=85 delta-time=0
                [DESTROY] ipv4     2 tcp      6 500 ESTABLISHED src=1.1.1.9 dst=2.2.2.2 sport=10 dport=20 packets=0 bytes=0 [UNREPLIED] \
                src=2.2.2.2 dst=1.1.1.9 sport=20 dport=10 packets=0 bytes=0 delta-time=0
                """, outcome.out());
        assertEquals("conntrack v1.4.7 (conntrack-tools): 5 flow events have been shown.\n", outcome.err());
        assertEquals(0, outcome.status());
    }

    @Test
    void shouldTellOnlyWhatTheMaskAndTheFiltersAskForWhenTheyAreGiven() {
        final ConntrackBox.Outcome outcome = watch("-E -e NEW,DEST -p udp -o timestamp -b 5000", "-I -s 1.1.1.3 -d 2.2.2.2 " + TCP,
                "-I -s 1.1.1.3 -d 2.2.2.2 -p udp --sport 1 --dport 2 -t 33", "-U -p udp -m 5", "-D -p udp");
        assertEquals("""
                [1795269913.152014]\t    [NEW] udp      17 33 src=1.1.1.3 dst=2.2.2.2 sport=1 dport=2 [UNREPLIED] src=2.2.2.2 dst=1.1.1.3 \
                sport=2 dport=1 mark=0
                [1795269913.152014]\t[DESTROY] udp      17 33 src=1.1.1.3 dst=2.2.2.2 sport=1 dport=2 packets=0 bytes=0 [UNREPLIED] \
                src=2.2.2.2 dst=1.1.1.3 sport=2 dport=1 packets=0 bytes=0 mark=5 delta-time=0
                """, outcome.out());
        assertEquals("NOTICE: Netlink socket buffer size has been set to 10000 bytes.\n"
                + "conntrack v1.4.7 (conntrack-tools): 2 flow events have been shown.\n", outcome.err());
    }

    @Test
    void shouldWriteElementsWhenXmlIsAskedFor() {
        final ConntrackBox.Outcome outcome =
                watch("-E -o xml,timestamp", "-I -s 1.1.1.9 -d 2.2.2.2 " + TCP, "-D -s 1.1.1.9");
        assertEquals("""
                <?xml version="1.0" encoding="utf-8"?>
                <conntrack>
                <flow type="new">%1$s<meta direction="independent"><state>ESTABLISHED</state><timeout>500</timeout><mark>0</mark>\
                <id>N</id><unreplied/></meta>%2$s</flow>
                <flow type="destroy">%3$s<meta direction="independent"><state>ESTABLISHED</state><timeout>500</timeout>\
                <id>N</id><unreplied/><deltatime>0</deltatime></meta>%2$s</flow>
                </conntrack>
                """.formatted(directions(""), "<when><hour>14</hour><min>05</min><sec>13</sec><wday>7</wday><day>21</day><month>11</month>"
                + "<year>2026</year></when>", directions("<counters><packets>0</packets><bytes>0</bytes></counters>")),
                outcome.out().replaceAll("<id>[0-9]+<", "<id>N<"));
    }

    private static String directions(final String counters) {
        return "<meta direction=\"original\"><layer3 protonum=\"2\" protoname=\"ipv4\"><src>1.1.1.9</src><dst>2.2.2.2</dst></layer3>"
                + "<layer4 protonum=\"6\" protoname=\"tcp\"><sport>10</sport><dport>20</dport></layer4>" + counters + "</meta>"
                + "<meta direction=\"reply\"><layer3 protonum=\"2\" protoname=\"ipv4\"><src>2.2.2.2</src><dst>1.1.1.9</dst></layer3>"
                + "<layer4 protonum=\"6\" protoname=\"tcp\"><sport>20</sport><dport>10</dport></layer4>" + counters + "</meta>";
    }

    @Test
    void shouldWriteCommandsWhenTheyAreAskedFor() {
        final ConntrackBox.Outcome outcome = watch("-E -o save", "-I -s 1.1.1.9 -d 2.2.2.2 -p 50 -t 9",
                "-U -s 1.1.1.9 -t 8", "-D -s 1.1.1.9");
        assertEquals("""
                -A -t 9 -u UNSET -s 1.1.1.9 -d 2.2.2.2 -r 2.2.2.2 -q 1.1.1.9 -p 50
                -U -t 8 -u UNSET -s 1.1.1.9 -d 2.2.2.2 -r 2.2.2.2 -q 1.1.1.9 -p 50
                -D -t 8 -u UNSET -s 1.1.1.9 -d 2.2.2.2 -r 2.2.2.2 -q 1.1.1.9 -p 50
                """, outcome.out());
    }

    @Test
    void shouldTellWhoDidItWhenAProgramDid() throws ConnectionException {
        final ConntrackBox.Outcome[] outcome = new ConntrackBox.Outcome[1];
        outcome[0] = new ConntrackBox(new EventSource(Errno.EPERM), ConntrackBox.still(), Map.of(), () -> {
        }).run("-E");
        assertEquals("""
                    [NEW] udp      17 30 src=192.0.2.1 dst=192.0.2.2 sport=5 dport=6 [UNREPLIED] src=192.0.2.2 dst=192.0.2.1 sport=6 \
                dport=5 [USERSPACE] portid=3491171905
                    [NEW] udp      17 30 src=192.0.2.1 dst=192.0.2.2 sport=5 dport=6 [UNREPLIED] src=192.0.2.2 dst=192.0.2.1 sport=6 \
                dport=5 [USERSPACE] portid=7 progname=conntrackd
                """, outcome[0].out());
    }

    @Test
    void shouldTellOfExpectationsWhenTheyAreAskedFor() throws ConnectionException {
        final ConnTuple master = ConnTuple.ipv4(0x7F000001, 0x7F000001, ConnTuple.TCP, 49492, 21);
        store.put(Connection.of(master, master.inverse(), 0x18E).timeoutSeconds(100).helper("ftp").build());
        final ConnTuple tuple = ConnTuple.ipv4(0x7F000001, 0x7F000001, ConnTuple.TCP, 0, 8000);
        final ConnTuple mask = ConnTuple.ipv4(-1, -1, ConnTuple.TCP, 0, 0xFFFF);
        final String line = "300 proto=6 src=127.0.0.1 dst=127.0.0.1 sport=0 dport=8000 mask-src=255.255.255.255 "
                + "mask-dst=255.255.255.255 sport=0 dport=65535 master-src=127.0.0.1 master-dst=127.0.0.1 sport=49492 dport=21 class=0 "
                + "helper=ftp";
        final ConntrackBox box = new ConntrackBox(store, ConntrackBox.still());
        final ConntrackBox.Outcome outcome = new ConntrackBox(store, ConntrackBox.still(), Map.of(), () -> {
            try {
                store.createExpectation(new Expectation(tuple, mask, master, null, 60L, 0, null, null));
            } catch (final ConnectionException refusal) {
                throw new IllegalStateException(refusal);
            }
            assertEquals(line + "\n", box.run("-L expect").out());
            assertEquals("[1795269913.152014]\t" + line + "\n", box.run("-L expect -o timestamp").out());
            assertEquals("1\n", box.run("-C expect").out());
            assertEquals("cpu=0   \texpect_new=0 expect_create=1 expect_delete=0 \n", box.run("-S expect").out());
            assertEquals(List.of("<?xml version=\"1.0\" encoding=\"utf-8\"?>", "<expect>",
                    "<flow><layer3 protonum=\"2\" protoname=\"ipv4\"><expected><src>127.0.0.1</src><dst>127.0.0.1</dst></expected>"
                            + "<mask><src>255.255.255.255</src><dst>255.255.255.255</dst></mask><master><src>127.0.0.1</src>"
                            + "<dst>127.0.0.1</dst></master></layer3><layer4 protonum=\"6\" protoname=\"tcp\"><expected><sport>0</sport>"
                            + "<dport>8000</dport></expected><mask><sport>0</sport><dport>65535</dport></mask><master>"
                            + "<sport>49492</sport><dport>21</dport></master></layer4><meta><helper-name>ftp</helper-name>"
                            + "<timeout>300</timeout><class>0</class></meta></flow>", "</expect>"),
                    box.run("-L expect -o xml").out().lines().toList());
            final String words = " expect -s 127.0.0.1 -d 127.0.0.1 -p tcp --sport 5 --dport 8000 --reply-port-src 1 --reply-port-dst 2";
            assertEquals(line + "\n", box.run("-G" + words).out());
            final ConntrackBox.Outcome deleted = box.run("-D" + words);
            assertEquals("conntrack v1.4.7 (conntrack-tools): 0 expectations have been shown.\n", deleted.err());
            assertEquals(1, deleted.status());
        }).run("-E expect");
        assertEquals("    [NEW] " + line + "\n[DESTROY] " + line + "\n", outcome.out());
        assertEquals("conntrack v1.4.7 (conntrack-tools): 2 expectation events have been shown.\n", outcome.err());
    }

    @Test
    void shouldMakeAnExpectationWhenItsMasterHasAHelper() {
        final ConnTuple master = ConnTuple.ipv4(0x7F000001, 0x7F000001, ConnTuple.TCP, 49492, 21);
        store.put(Connection.of(master, master.inverse(), 0x18E).timeoutSeconds(100).helper("ftp").build());
        final String words = "-I expect -s 127.0.0.1 -d 127.0.0.1 -p tcp --sport 49492 --dport 21 -t 60 --tuple-src 127.0.0.1 "
                + "--tuple-dst 127.0.0.2 --tuple-port-src 0 --tuple-port-dst 2000 --mask-src 255.255.255.255 "
                + "--mask-dst 255.255.255.255 --mask-port-src 0 --mask-port-dst 65535";
        final ConntrackBox box = new ConntrackBox(store, ConntrackBox.still());
        assertEquals(new ConntrackBox.Outcome(0, "", ""), box.run(words));
        assertEquals(new ConntrackBox.Outcome(1, "", "conntrack v1.4.7 (conntrack-tools): Operation failed: File exists\n"),
                box.run(words));
        assertEquals("300 proto=6 src=127.0.0.1 dst=127.0.0.2 sport=0 dport=2000 mask-src=255.255.255.255 mask-dst=255.255.255.255 "
                + "sport=0 dport=65535 master-src=127.0.0.1 master-dst=127.0.0.1 sport=49492 dport=21 class=0 helper=ftp\n",
                box.run("-L expect").out());
    }
}
