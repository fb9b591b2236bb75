package io.penstock.dataplane.ipvs.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.ipvs.MemoryServices;
import io.penstock.dataplane.ipvs.model.ConnectionState;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files that are saved and restored. */
class IpvsadmFileTest {

    private static final String SAVED = """
            -A -t 192.0.2.1:80 -s rr
            -a -t 192.0.2.1:80 -r 10.0.0.2:8080 -m -w 3 -x 100 -y 50
            """;

    private final MemoryServices store = new MemoryServices();
    private final Ipvsadm ipvsadm = new Ipvsadm(store);

    private Ipvsadm.Outcome read(final String file) {
        return ipvsadm.run(file, List.of("-R"));
    }

    @Test
    void shouldChangeAllTogetherWhenAFileIsRestored() {
        assertEquals(new Ipvsadm.Outcome(0, "", ""), read(SAVED));
        assertEquals(1, store.publications());
        assertEquals(SAVED, ipvsadm.run("-Sn").out());
    }

    @Test
    void shouldGoOnWhenALineIsRefused() {
        assertEquals(new Ipvsadm.Outcome(0, "", "Service already exists\n"), read("-A -f 1\n-A -f 1\n-A -f 2\n"));
        assertEquals("-A -f 1 -s wlc\n-A -f 2 -s wlc\n", ipvsadm.run("-Sn").out());
        assertEquals(255, read("-A -f 1\n").status());
    }

    @Test
    void shouldEndWhenALineIsWrong() {
        assertEquals(new Ipvsadm.Outcome(2, "", "illegal virtual server address[:port] specified\n"), read("-A -f 1\n-A -t 5\n-A -f 2\n"));
        assertEquals("-A -f 1 -s wlc\n", ipvsadm.run("-Sn").out());
        assertEquals(1, store.publications());
    }

    @Test
    void shouldTakeLinesWhenTheyEndAsOnOtherSystems() {
        assertEquals(new Ipvsadm.Outcome(0, "", ""), read("-A -f 1\r\n-A -f 2\r\n"));
        assertEquals("-A -f 1 -s wlc\n-A -f 2 -s wlc\n", ipvsadm.run("-Sn").out());
    }

    @Test
    void shouldAskForHostsWhenNobodyWaitsForTheServices() {
        final List<Boolean> asked = new ArrayList<>();
        final Ipvsadm asking = new Ipvsadm(store, new FewNames(() -> asked.add(store.isBusy())));
        assertEquals(0, asking.run("-A -t one:http\n", List.of("-R")).status());
        assertEquals(0, asking.restore("-A -t one:http\n-a -t one:http -r one -m\n").status());
        assertEquals(List.of(false, false, false, false), asked);
        final IpAddress address = IpAddress.parse("10.0.0.1");
        store.show(new ConnectionState(6, 60, "ESTABLISHED", address, 1024, address, 80, address, 80, null, null));
        assertEquals("""
                IPVS connection entries
                pro expire state       source             virtual            destination
                TCP 01:00  ESTABLISHED one.example.org:1024 one.example.org:http one.example.org:http
                """, asking.run("-L -c").out());
        assertEquals(List.of(false, false, false, false, false), asked);
    }

    @Test
    void shouldSaveByNameOrNumberWhenTheScriptIsRun() {
        read("-A -t 10.0.0.1:80 -s rr\n");
        assertEquals(new Ipvsadm.Outcome(0, "-A -t one.example.org:http -s rr\n", ""), ipvsadm.save());
        assertEquals(new Ipvsadm.Outcome(0, "-A -t 10.0.0.1:80 -s rr\n", ""), ipvsadm.save("ignored", "-n"));
        assertEquals(new Ipvsadm.Outcome(1, "", "ipvsadm-save: Script to save the IPVS table to stdout.\n"
                + "   With the -n option, prints out the table in numeric format.\n"), ipvsadm.save("-n", "-x"));
    }

    @Test
    void shouldRemoveWhatWasThereWhenTheScriptRestores() {
        read("-A -f 1\n");
        final int before = store.publications();
        assertEquals(new Ipvsadm.Outcome(0, "", ""), ipvsadm.restore("# saved\n" + SAVED));
        assertEquals(before + 1, store.publications());
        assertEquals(SAVED, ipvsadm.run("-Sn").out());
    }

    @Test
    void shouldHaveRemovedWhatWasThereWhenTheScriptMeetsAWrongLine() {
        read("-A -f 1\n");
        assertEquals(new Ipvsadm.Outcome(255, "", "Try `ipvsadm -h' or 'ipvsadm --help' for more information.\n"),
                ipvsadm.restore(" # saved\n" + SAVED));
        assertEquals("", ipvsadm.run("-Sn").out());
        assertEquals(new Ipvsadm.Outcome(0, "", ""), ipvsadm.restore(""));
    }
}
