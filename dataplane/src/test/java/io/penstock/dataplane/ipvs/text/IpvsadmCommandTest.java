package io.penstock.dataplane.ipvs.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.ipvs.MemoryServices;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.Traffic;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.os.netlink.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whole commands over services that answer as the kernel does, and what there is beyond the tool. */
class IpvsadmCommandTest {

    private static final String SERVICE = "-t 192.0.2.1:80";
    private static final ServiceKey KEY = ServiceKey.of(6, IpAddress.parse("192.0.2.1"), 80);
    private static final String INVALID = "Invalid operation.  Possibly wrong module version, address not unicast, ...\n";

    private final MemoryServices store = new MemoryServices();
    private final Ipvsadm ipvsadm = new Ipvsadm(store);

    private void does(final String words) {
        assertEquals(new Ipvsadm.Outcome(0, "", ""), ipvsadm.run(words), words);
    }

    private void refuses(final int status, final String complaint, final String words) {
        final String before = ipvsadm.run("-Sn").out();
        assertEquals(new Ipvsadm.Outcome(status, "", complaint), ipvsadm.run(words), words);
        assertEquals(before, ipvsadm.run("-Sn").out());
    }

    @Test
    void shouldListWhatWasAddedWhenThereAreNoWords() {
        assertEquals("""
                IP Virtual Server version 1.2.1 (size=4096)
                Prot LocalAddress:Port Scheduler Flags
                  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
                """, ipvsadm.run("").out());
        does("-A " + SERVICE + " -s rr -p 60");
        does("-a " + SERVICE + " -r 10.0.0.1 -m");
        assertEquals("""
                IP Virtual Server version 1.2.1 (size=4096)
                Prot LocalAddress:Port Scheduler Flags
                  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
                TCP  192.0.2.1:http rr persistent 60
                  -> one.example.org:http         Masq    1      0          0        \s
                """, ipvsadm.run("").out());
    }

    @Test
    void shouldSayWhatTheToolDoesWhenSomethingIsThereTwice() {
        does("-A " + SERVICE);
        refuses(255, "Service already exists\n", "-A " + SERVICE + " -s rr");
        does("-a " + SERVICE + " -r 10.0.0.2");
        refuses(255, "Destination already exists\n", "-a " + SERVICE + " -r 10.0.0.2 -w 5");
    }

    @Test
    void shouldSayWhatTheToolDoesWhenSomethingIsNotThere() {
        refuses(255, "No such service\n", "-E " + SERVICE);
        refuses(255, "No such service\n", "-D " + SERVICE);
        refuses(255, "No such service\n", "-Z " + SERVICE);
        refuses(1, "No such service\n", "-L " + SERVICE);
        refuses(255, "Service not defined\n", "-a " + SERVICE + " -r 10.0.0.2");
        refuses(255, "Service not defined\n", "-e " + SERVICE + " -r 10.0.0.2");
        refuses(255, "Service not defined\n", "-d " + SERVICE + " -r 10.0.0.2");
        does("-A " + SERVICE);
        refuses(255, "No such destination\n", "-e " + SERVICE + " -r 10.0.0.2");
        refuses(255, "No such destination\n", "-d " + SERVICE + " -r 10.0.0.2");
    }

    @Test
    void shouldSayWhyWhenThresholdsAreTheWrongWayRound() {
        does("-A " + SERVICE);
        refuses(255, "Numerical result out of range\npenstock: lower threshold=10 is above upper threshold=5; give -x a number that is "
                + "at least that of -y\n", "-a " + SERVICE + " -r 10.0.0.2 -x 5 -y 10");
    }

    @Test
    void shouldRefuseAnotherFamilyWhenItIsNotByTunnel() {
        does("-A " + SERVICE);
        final String complaint = "Different address family is allowed only for tunneling servers\n";
        refuses(2, complaint, "-a " + SERVICE + " -r 2001:db8::2");
        refuses(2, complaint, "-a " + SERVICE + " -r 2001:db8::2 -m");
        refuses(2, complaint, "-a " + SERVICE + " -r 2001:db8::2 --fullnat");
        does("-a " + SERVICE + " -r 2001:db8::2 -i");
        assertEquals("-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r [2001:db8::2]:80 -i -w 1 --tun-type ipip\n",
                ipvsadm.run("-Sn").out());
    }

    @Test
    void shouldSayWhatTheToolDoesWhenASchedulerOrAFlagIsUnknown() {
        final String complaint = "Scheduler or persistence engine not found\n";
        final Ipvsadm.Outcome outcome = ipvsadm.run("-A " + SERVICE + " -s best");
        assertEquals(255, outcome.status());
        assertTrue(outcome.err().startsWith(complaint + "penstock: scheduler=best does not exist; "), outcome::err);
        refuses(255, complaint + "penstock: persistence engine=http does not exist; give sip\n", "-A " + SERVICE + " -p --pe http");
        refuses(2, "invalid scheduler flag `best'\n", "-A " + SERVICE + " -b best");
        refuses(2, "incompatible scheduler flag `mh-port'\n", "-A " + SERVICE + " -b mh-port");
        refuses(2, "invalid scheduler flag `,'\n", "-A " + SERVICE + " -b ,");
    }

    @Test
    void shouldSayWhatTheToolDoesWhenAServerIsNoUnicastAddress() {
        does("-A " + SERVICE);
        refuses(255, INVALID, "-a " + SERVICE + " -r 224.0.0.1");
        refuses(255, INVALID, "-a " + SERVICE + " -r 0.0.0.1");
    }

    @Test
    void shouldRefuseAMaskWhenItIsNotAPrefixs() {
        refuses(2, "illegal virtual server persistent mask specified\n"
                + "penstock: mask=255.0.255.0 is not ones and then zeros; give the mask of a prefix\n",
                "-A " + SERVICE + " -p -M 255.0.255.0");
    }

    @Test
    void shouldRefuseTheDaemonWhenItsOptionsAreRight() {
        final String end = "-daemon is not supported: connections are not synchronized with other hosts\n";
        refuses(255, "penstock: --start" + end,
                "--start-daemon master --mcast-interface eth0 --syncid 5 --mcast-group ff02::5 --mcast-port 5 --mcast-ttl 5"
                        + " --sync-maxlen 9");
        refuses(255, "penstock: --stop" + end, "--stop-daemon backup --syncid 5");
        assertEquals("", ipvsadm.run("-L --daemon").out());
    }

    @Test
    void shouldTranslateBothAddressesWhenAskedTo() {
        does("-A " + SERVICE);
        does("-a " + SERVICE + " -r 10.0.0.2:8080 --fullnat");
        assertEquals("-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.2:8080 --fullnat -w 1\n", ipvsadm.run("-Sn").out());
        assertTrue(ipvsadm.run("-Ln").out().endsWith("  -> 10.0.0.2:8080                FullNat 1      0          0         \n"));
        refuses(2, "multiple 'forwarding-method' options specified\n", "-e " + SERVICE + " -r 10.0.0.2:8080 --fullnat -m");
        refuses(2, "Illegal 'forwarding-method' option with the 'delete-server' command\n",
                "-d " + SERVICE + " -r 10.0.0.2:8080 --fullnat");
        refuses(2, "Tunnel options conflict with forward method\n", "-e " + SERVICE + " -r 10.0.0.2:8080 --fullnat --tun-nocsum");
    }

    @Test
    void shouldShowMarksAsTheyWereGivenWhenTheyAreLarge() {
        does("-A -f 4294967295 -6 -s rr");
        assertEquals("-A -f 4294967295 -6 -s rr\n", ipvsadm.run("-Sn").out());
        assertTrue(ipvsadm.run("-Ln").out().endsWith("\nFWM  4294967295 IPv6 rr\n"));
        does("-D -f 4294967295 -6");
    }

    @Test
    void shouldShowAThirdFlagWhenAHashHasOne() {
        does("-A " + SERVICE + " -s sh -b sh-port,flag-3");
        assertEquals("-A -t 192.0.2.1:80 -s sh -b sh-port,flag-3\n", ipvsadm.run("-Sn").out());
    }

    @Test
    void shouldSaveAMethodThatTakesItsPortWhenTheServerIsThisHost() throws ServiceProblem {
        store.addService(KEY, new ServiceSpec("rr", 0, 0, 32, null));
        final ServerSpec local = new ServerSpec(Forwarding.LOCAL, 1, 0, 0, TunnelSpec.IPIP);
        store.addServer(KEY, new ServerKey(IpAddress.parse("192.0.2.1"), 80), local);
        store.addServer(KEY, new ServerKey(IpAddress.parse("192.0.2.1"), 81), local);
        assertEquals("-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 192.0.2.1:80 -g -w 1\n"
                + "-a -t 192.0.2.1:80 -r 192.0.2.1:81 -m -w 1\n", ipvsadm.run("-Sn").out());
    }

    @Test
    void shouldForgetWhatPassedWhenToldTo() throws ServiceProblem {
        does("-A " + SERVICE);
        does("-A -u 192.0.2.1:53");
        does("-a " + SERVICE + " -r 10.0.0.2");
        store.pass(KEY, new ServerKey(IpAddress.parse("10.0.0.2"), 80), new Traffic(1, 2, 3, 4, 5));
        final String title = """
                Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
                  -> RemoteAddress:Port
                """;
        assertEquals(title + """
                TCP  192.0.2.1:80                        1        2        3        4        5
                  -> 10.0.0.2:80                         1        2        3        4        5
                """, ipvsadm.run("-Ln " + SERVICE + " --stats").out());
        does("-Z -u 192.0.2.1:53");
        assertEquals(1, store.total().connections());
        does("-Z");
        assertEquals(title + """
                TCP  192.0.2.1:80                        0        0        0        0        0
                  -> 10.0.0.2:80                         0        0        0        0        0
                """, ipvsadm.run("-Ln " + SERVICE + " --stats").out());
    }

    @Test
    void shouldLeaveTimeoutsAsTheyAreWhenTheyAreZero() {
        does("--set 0 60 0");
        assertEquals("Timeout (tcp tcpfin udp): 900 60 300\n", ipvsadm.run("-L --timeout").out());
    }

    @Test
    void shouldSayTheToolsHelpWhenAsked() {
        final String help = ipvsadm.run("-h").out();
        assertTrue(help.startsWith("ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)\nUsage:\n  ipvsadm -A|E virtual-"),
                () -> help);
        assertTrue(help.contains("one of rr|wrr|lc|wlc|lblc|lblcr|dh|sh|sed|nq|fo|ovf|mh|twos|maglev,\n"), () -> help);
        assertTrue(help.endsWith("  --mcast-ttl ttl                     Multicast TTL (default=1)\n"), () -> help);
        final Ipvsadm.Outcome tools = new Ipvsadm(new ToldStore(null, List.of(), List.of())).run("-h");
        assertEquals(Transcript.read("help").getFirst().expected(), Transcript.lines(new Ipvsadm.Outcome(0, tools.out()
                .replace("  --fullnat                           NAT of both addresses (beyond ipvsadm)\n", ""), ""), List.of()));
    }
}
