package io.penstock.conntrack.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.model.ConnCounters;
import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.Connection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** Texts are what conntrack 1.4.7 and the kernel wrote about such connections. */
class ConnectionTextTest {

    private static final int LOCALHOST = 0x7F000001;
    private static final long START_NS = (ConntrackBox.NOW.getEpochSecond() - 2) * 1_000_000_000L + 698_409_718;

    private static Connection ftp() {
        final ConnTuple original = ConnTuple.ipv4(LOCALHOST, LOCALHOST, ConnTuple.TCP, 40174, 21);
        return Connection.of(original, original.inverse(), ConnStatus.CONFIRMED | ConnStatus.SEEN_REPLY | ConnStatus.ASSURED)
                .zones(9, 9).timeoutSeconds(431_998).protocolState(3)
                .counters(new ConnCounters(4, 1216), new ConnCounters(-1, 165)).mark(-1).use(1).id((int) 4_263_943_722L)
                .labels(BitSet.valueOf(new long[] {0b1010_0001, 1L << 36})).startNs(START_NS).helper("ftp").build();
    }

    private static LabelMap labels() throws IOException {
        final String file = "# names\n0 zero\n5\tfive star\n5 again\n6 zero\n7 bad_name\n100 hundred\n2000 far\nx y\n";
        return LabelMap.read(name -> new ByteArrayInputStream(file.getBytes(StandardCharsets.ISO_8859_1)), "");
    }

    private static String line(final int output, final LabelMap labels, final Connection connection) {
        return new ConnectionText(output, labels, ConntrackBox.still()).line(connection);
    }

    @Test
    void shouldWriteAllThatIsKeptWhenItIsToldOfAConnection() throws IOException {
        final String counted = "src=127.0.0.1 dst=127.0.0.1 sport=40174 dport=21 packets=4 bytes=1216 src=127.0.0.1 dst=127.0.0.1 sport=21 "
                + "dport=40174 packets=18446744073709551615 bytes=165 [ASSURED] mark=4294967295 zone=9 delta-time=2 ";
        assertEquals("tcp      6 431998 ESTABLISHED " + counted + "helper=ftp use=1",
                ConnectionText.plain(ConntrackBox.still()).line(ftp()));
        assertEquals("ipv4     2 tcp      6 431998 ESTABLISHED " + counted
                + "[start=Sat Nov 21 14:05:11 2026] helper=ftp use=1 id=4263943722 labels=zero,five star,hundred",
                line(Parameters.EXTENDED | Parameters.ID | Parameters.KERNEL_TIMESTAMP | Parameters.LABELS, labels(), ftp()));
    }

    @Test
    void shouldWriteElementsWhenXmlIsAskedFor() throws IOException {
        assertEquals("<flow><meta direction=\"original\"><layer3 protonum=\"2\" protoname=\"ipv4\"><src>127.0.0.1</src>"
                + "<dst>127.0.0.1</dst></layer3><layer4 protonum=\"6\" protoname=\"tcp\"><sport>40174</sport><dport>21</dport></layer4>"
                + "<counters><packets>4</packets><bytes>1216</bytes></counters></meta><meta direction=\"reply\">"
                + "<layer3 protonum=\"2\" protoname=\"ipv4\"><src>127.0.0.1</src><dst>127.0.0.1</dst></layer3>"
                + "<layer4 protonum=\"6\" protoname=\"tcp\"><sport>21</sport><dport>40174</dport></layer4>"
                + "<counters><packets>18446744073709551615</packets><bytes>165</bytes></counters></meta>"
                + "<meta direction=\"independent\"><state>ESTABLISHED</state><timeout>431998</timeout><mark>4294967295</mark>"
                + "<labels><label>zero</label><label>five star</label><label>hundred</label></labels><zone>9</zone><use>1</use>"
                + "<id>4263943722</id><assured/><timestamp><start>" + START_NS + "</start></timestamp><deltatime>2</deltatime></meta>"
                + "<helper>ftp</helper></flow>", line(Parameters.XML | Parameters.KERNEL_TIMESTAMP, labels(), ftp()));
    }

    @Test
    void shouldWriteNoNamesWhenLabelsHaveNone() throws IOException {
        final ConnTuple original = ConnTuple.ipv4(1, 2, 50, 0, 0);
        final Connection connection = Connection.of(original, original.inverse(), ConnStatus.OFFLOAD)
                .labels(BitSet.valueOf(new long[] {2})).build();
        assertEquals("unknown  50 src=0.0.0.1 dst=0.0.0.2 [UNREPLIED] src=0.0.0.2 dst=0.0.0.1 [OFFLOAD] labels",
                line(Parameters.LABELS, labels(), connection));
        assertEquals("unknown  50 src=0.0.0.1 dst=0.0.0.2 [UNREPLIED] src=0.0.0.2 dst=0.0.0.1 [OFFLOAD]", line(0, null, connection));
    }

    @Test
    void shouldWriteTheEndWhenAConnectionHasEnded() {
        final ConnTuple original = ConnTuple.ipv4(1, 2, ConnTuple.UDP, 3, 4);
        final Connection connection = Connection.of(original, original.inverse(), ConnStatus.HW_OFFLOAD | ConnStatus.SEEN_REPLY)
                .startNs(START_NS).stopNs(START_NS + 5_500_000_000L).build();
        assertEquals("udp      17 src=0.0.0.1 dst=0.0.0.2 sport=3 dport=4 src=0.0.0.2 dst=0.0.0.1 sport=4 dport=3 [HW_OFFLOAD] "
                + "delta-time=6 [start=Sat Nov 21 14:05:11 2026] [stop=Sat Nov 21 14:05:17 2026]",
                line(Parameters.KERNEL_TIMESTAMP, null, connection));
    }

    @Test
    void shouldWriteCommandsThatMakeItAnewWhenSaved() {
        final ConnTuple original = ConnTuple.ipv4(0x01010101, 0x02020202, ConnTuple.SCTP, 1, 2);
        final ConnTuple reply = original.inverse().withDestination(0, 0x03030303, 9);
        final Connection connection = Connection.of(original, reply, ConnStatus.NAT_DONE_MASK | ConnStatus.SEEN_REPLY | ConnStatus.EXPECTED
                | ConnStatus.FIXED_TIMEOUT).timeoutSeconds(7).protocolState(4).tags(5, -1).zones(0, 3).build();
        assertEquals("-A -t 7 -u EXPECTED,SEEN_REPLY,FIXED_TIMEOUT --reply-zone 3 -s 1.1.1.1 -d 2.2.2.2 -r 2.2.2.2 -n 3.3.3.3 -p sctp "
                + "--sport 1 --dport 2 --reply-port-src 2 --reply-port-dst 9 --state ESTABLISHED --orig-vtag 5 --reply-vtag 4294967295",
                line(Parameters.SAVE, null, connection));
    }

    @Test
    void shouldWriteAsTheKernelDoesWhenAskedForProc() {
        final ConnTuple gre = ConnTuple.ipv4(0x01010104, 0x02020202, ConnTuple.GRE, 1, 0x20);
        assertEquals("ipv4     2 gre      47 9 timeout=30, stream_timeout=180 src=1.1.1.4 dst=2.2.2.2 srckey=0x1 dstkey=0x20 [UNREPLIED] "
                + "src=2.2.2.2 dst=1.1.1.4 srckey=0x20 dstkey=0x1 mark=0 zone=0 use=2",
                ProcText.line(Connection.of(gre, gre.inverse(), 8).timeoutSeconds(9).greSeconds(30, 180).mark(0).use(1).build(),
                        ConntrackBox.still()));
        final ConnTuple six = new ConnTuple(ConnTuple.IPV6, 0xFE80L << 48, 1, 0xFE80L << 48, 2, ConnTuple.ICMPV6, 77, 128 << 8);
        assertEquals("ipv6     10 icmpv6   58 9 src=fe80:0000:0000:0000:0000:0000:0000:0001 dst=fe80:0000:0000:0000:0000:0000:0000:0002 "
                + "type=128 code=0 id=77 [UNREPLIED] src=fe80:0000:0000:0000:0000:0000:0000:0002 "
                + "dst=fe80:0000:0000:0000:0000:0000:0000:0001 type=129 code=0 id=77 zone-reply=7 mark=0 delta-time=1 use=2",
                ProcText.line(Connection.of(six, six.inverse(), 8).timeoutSeconds(9).zones(0, 7).mark(0).use(1).startNs(START_NS).build(),
                        ConntrackBox.still()));
        final ConnTuple dccp = ConnTuple.ipv4(0x01010104, 0x02020202, ConnTuple.DCCP, 0, 0);
        assertEquals("ipv4     2 unknown  33 src=1.1.1.4 dst=2.2.2.2 src=2.2.2.2 dst=1.1.1.4 [OFFLOAD] mark=0 zone=0 use=2",
                ProcText.line(Connection.of(dccp, dccp.inverse(), ConnStatus.OFFLOAD | ConnStatus.SEEN_REPLY).timeoutSeconds(9).build(),
                        ConntrackBox.still()));
    }
}
