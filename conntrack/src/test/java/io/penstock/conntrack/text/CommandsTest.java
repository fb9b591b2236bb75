package io.penstock.conntrack.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.conntrack.model.ConnCounters;
import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.Connection;
import io.penstock.conntrack.model.MemoryConnectionStore;
import io.penstock.os.sys.Errno;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Commands that no transcript can show: files, labels, refusals, and what later versions put right. */
class CommandsTest {

    private static final String UDP = "-I -d 2.2.2.2 -p udp --sport 1 --dport 2 -t 33 -s ";
    private static final String LABELS = "0 zero\n5\tfive star\n7 seven\n100 hundred\n";
    private static final String TITLE = "conntrack v1.4.7 (conntrack-tools): ";

    private final MemoryConnectionStore store =
            new MemoryConnectionStore(ConntrackBox.still(), new MemoryConnectionStore.Keeps(false, false, true));
    private final ConntrackBox box = box(LABELS);

    private ConntrackBox box(final String labels) {
        return new ConntrackBox(store, ConntrackBox.still(), Map.of(ConntrackFiles.LABELS, labels, "rules", "-F\n-L\n"), () -> {
        });
    }

    private static String udp(final String source, final String end) {
        return "udp      17 33 src=" + source + " dst=2.2.2.2 sport=1 dport=2 [UNREPLIED] src=2.2.2.2 dst=" + source
                + " sport=2 dport=1 mark=0 use=" + end + "\n";
    }

    @Test
    void shouldAddAndDeleteLabelsWhenNamed() {
        box.run(UDP + "1.1.1.1 --label-add zero,hundred");
        box.run(UDP + "1.1.1.2");
        assertEquals(udp("1.1.1.1", "1 labels=zero,hundred") + udp("1.1.1.2", "1"), box.run("-L -o labels").out());
        assertEquals(udp("1.1.1.1", "2 labels=zero,five star,hundred"),
                box.run("-U -s 1.1.1.1 --label-add 'five star' -o labels").out());
        assertEquals(udp("1.1.1.2", "2 labels=seven"), box.run("-U -s 1.1.1.2 --label-add seven -o labels").out());
        assertEquals(udp("1.1.1.1", "1 labels=zero,five star,hundred"), box.run("-L -l zero,hundred -l 'five star' -o labels").out());
        assertEquals(udp("1.1.1.1", "2 labels=zero,five star"), box.run("-U -s 1.1.1.1 --label-del hundred -o labels").out());
        assertEquals(udp("1.1.1.2", "2"), box.run("-U -s 1.1.1.2 --label-del -o labels").out());
        assertEquals(new ConntrackBox.Outcome(1, "", TITLE + "0 flow entries have been updated.\n"),
                box.run("-U -s 1.1.1.2 --label-del"));
        assertEquals(new ConntrackBox.Outcome(1, "", TITLE + "cannot use --label-add and --label-del at the same time\n"),
                box.run("-U --label-add zero --label-del zero"));
    }

    @Test
    void shouldSaySoWhenNobodyKeepsLabels() {
        final MemoryConnectionStore plain = new MemoryConnectionStore(ConntrackBox.still(), MemoryConnectionStore.Keeps.LITTLE);
        final ConntrackBox other = new ConntrackBox(plain, ConntrackBox.still(), Map.of(ConntrackFiles.LABELS, LABELS), () -> {
        });
        other.run(UDP + "1.1.1.1 --label-add zero");
        assertEquals(new ConntrackBox.Outcome(0, udp("1.1.1.1", "2"), "Operation failed: No space left on device\n" + TITLE
                + "1 flow entries have been updated.\n"), other.run("-U -s 1.1.1.1 --label-add zero"));
    }

    @Test
    void shouldSaySoWhenTheFileOfLabelsHasNoNames() {
        assertEquals(new ConntrackBox.Outcome(2, "", "nfct_labelmap_new: Success\n" + TITLE + "unknown label 'zero'\n"
                + "Try `conntrack -h' or 'conntrack --help' for more information.\n"), box("# nothing\n").run("-L -l zero"));
    }

    @Test
    void shouldRunAllLinesWhenTheyAreInAFile() {
        final String lines = "# a comment\n\n \t " + UDP + "1.1.1.1\n" + UDP + "\"1.1.1.2\"\n\t" + UDP + "1.1.1.3";
        assertEquals(new ConntrackBox.Outcome(0, "", ""), box.run(List.of("-R", "-"), lines));
        assertEquals("3\n", box.run("-C").out());
        assertEquals(new ConntrackBox.Outcome(0, udp("1.1.1.2", "1"), ""),
                box.run(List.of("--load-file", "-"), "-D -s 1.1.1.2\n-D -w 5\n"));
        assertEquals("2\n", box.run("-C").out());
    }

    @Test
    void shouldDoNothingWhenALineOfAFileCannotStandThere() {
        box.run(UDP + "1.1.1.1");
        assertEquals(new ConntrackBox.Outcome(2, "", TITLE + "Cannot use command `-L' with --load-file\n"
                + "Try `conntrack -h' or 'conntrack --help' for more information.\n"), box.run("-R rules"));
        assertEquals("1\n", box.run("-C").out());
        final String many = "-F" + " x".repeat(300);
        assertEquals(TITLE + "too many arguments\nTry `conntrack -h' or 'conntrack --help' for more information.\n",
                box.run(List.of("-R", "-"), many).err());
        assertEquals(TITLE + "Parameter too long!\nTry `conntrack -h' or 'conntrack --help' for more information.\n",
                box.run(List.of("-R", "-"), "-F " + "x".repeat(1024)).err());
    }

    @Test
    void shouldStopAtTheLineThatFailsWhenTheyAreInAFile() {
        assertEquals(new ConntrackBox.Outcome(1, "", TITLE + "Operation failed: Such conntrack exists, try -U to update\n"),
                box.run(List.of("-R", "-"), UDP + "1.1.1.1\n" + UDP + "1.1.1.1\n" + UDP + "1.1.1.2\n"));
        assertEquals("1\n", box.run("-C").out());
    }

    @Test
    void shouldSplitWordsAsAShellDoesWhenTheyAreQuoted() {
        final Console console = new Console(System.out, System.err);
        assertEquals(List.of("a", "b c", "d\"e", "f"), LoadFile.words(console, "a  \"b c\"\t\"d\\\"e\" f"));
        assertEquals(Collections.emptyList(), LoadFile.words(console, ""));
    }

    @Test
    void shouldUpdateWithoutAddressesWhenOnlyAProtocolIsGiven() {
        box.run(UDP + "1.1.1.1");
        box.run("-I -s ::1 -d ::2 -p udp --sport 1 --dport 2 -t 33");
        assertEquals(TITLE + "2 flow entries have been updated.\n", box.run("-U -p udp -m 9").err());
        assertEquals("2 2", box.run("-L -m 9 -u UNREPLIED").out().lines().count() + " " + box.run("-L -m 9").out().lines().count());
    }

    @Test
    void shouldTakeTheNextWordWhenAnIdIsSought() {
        box.run(UDP + "1.1.1.1");
        final String id = box.run("-L -o id").out().replaceFirst("(?s).* id=([0-9]+)\n", "$1");
        assertEquals(TITLE + "1 flow entries have been updated.\n", box.run("-U --id " + id + " -m 3").err());
        assertEquals(TITLE + "1 flow entries have been deleted.\n", box.run("-D -i " + id).err());
    }

    @Test
    void shouldSayWhyWhenTheStoreRefuses() {
        final Map<String, Integer> errors = Map.of("-L", Errno.ENOBUFS, "-C", Errno.EPERM, "-L expect", Errno.EINVAL,
                "-G -s 1.1.1.1 -d 1.1.1.1 -p 5", Errno.ENOMEM, "-A -s 1.1.1.1 -d 1.1.1.1 -p 5 -t 5", Errno.EINVAL,
                "-I -s 1.1.1.1 -d 1.1.1.1 -p 5 -t 5", 62, "-D", Errno.EBUSY);
        final Map<String, String> reasons = Map.of("-L", "No buffer space available", "-C",
                "sorry, you must be root or get CAP_NET_ADMIN capability to do this", "-L expect", "invalid parameters",
                "-G -s 1.1.1.1 -d 1.1.1.1 -p 5", "not enough memory", "-A -s 1.1.1.1 -d 1.1.1.1 -p 5 -t 5", "Invalid argument",
                "-I -s 1.1.1.1 -d 1.1.1.1 -p 5 -t 5", "conntrack has expired", "-D", "Device or resource busy");
        errors.forEach((command, errno) -> {
            final ConntrackBox refusing = new ConntrackBox(new EventSource(errno), ConntrackBox.still());
            assertEquals(new ConntrackBox.Outcome(1, "", TITLE + "Operation failed: " + reasons.get(command) + "\n"),
                    refusing.run(command));
        });
        assertEquals(new ConntrackBox.Outcome(1, "", TITLE + "connection tracking table has been emptied.\n" + TITLE
                + "Operation failed: sorry, you must be root or get CAP_NET_ADMIN capability to do this\n"),
                new ConntrackBox(new EventSource(Errno.EPERM), ConntrackBox.still()).run("-F"));
    }

    @Test
    void shouldTellCountersOfAllProcessorsWhenAskedForStatistics() {
        assertEquals("cpu=0   \tfound=1 invalid=2 insert=3 insert_failed=4 drop=5 early_drop=6 error=7 search_restart=8 clash_resolve=9 "
                + "chaintoolong=10 \ncpu=11  \tfound=1 invalid=0 insert=0 insert_failed=0 drop=0 early_drop=0 error=0 search_restart=0 "
                + "clash_resolve=0 chaintoolong=4294967295 \n",
                new ConntrackBox(new EventSource(Errno.EPERM), ConntrackBox.still()).run("-S").out());
    }

    @Test
    void shouldZeroCountersWhenListingAsksForIt() {
        final MemoryConnectionStore counting =
                new MemoryConnectionStore(ConntrackBox.still(), new MemoryConnectionStore.Keeps(true, false, false));
        final ConnTuple tuple = ConnTuple.ipv4(1, 2, 17, 3, 4);
        counting.put(Connection.of(tuple, tuple.inverse(), 8).timeoutSeconds(9)
                .counters(new ConnCounters(5, 6), ConnCounters.NONE).build());
        final ConntrackBox other = new ConntrackBox(counting, ConntrackBox.still());
        assertEquals(1, other.run("-L -z").out().split("packets=5 bytes=6 ", -1).length - 1);
        assertEquals(2, other.run("-L").out().split("packets=0 bytes=0 ", -1).length - 1);
    }
}
