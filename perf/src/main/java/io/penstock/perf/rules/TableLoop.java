package io.penstock.perf.rules;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.compile.TableCompiler;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A table alone, with headers in memory: no pipeline, nothing parsed or sent. The flows take turns.
 *
 * <p>Threads: one.
 */
public final class TableLoop implements AutoCloseable {

    /** Of a packet, a cache line. */
    private static final int SLOT_BYTES = 64;
    private static final int PORTS_BYTES = 20;

    private final int flows;
    private final MappedMemory memory;
    private final CompiledTable table;
    private final TableProgram program;
    private final RulePacket packet = new RulePacket();
    private int next;

    /** A table of made-up rules, and their flows. */
    public TableLoop(final RuleSet rules, final RuleTier tier) {
        flows = rules.flows().size();
        memory = MappedMemory.reserve((long) flows * SLOT_BYTES, MappedMemory.Pages.HUGE);
        for (int i = 0; i < flows; i++) {
            write(rules.flows().get(i), memory.address() + (long) i * SLOT_BYTES);
        }
        // Rules of a mix keep no state and ask for nothing around them.
        table = TableCompiler.compile(parse(rules.saveText()), place -> null, 1);
        program = tier.program(table, 0);
        packet.version = IpFamily.IPV4.version();
        packet.hook = RuleHook.FORWARD.ordinal();
        packet.length = Ipv4Layout.HEADER_BYTES + PORTS_BYTES;
        packet.transportLength = PORTS_BYTES;
    }

    /** Judges so many packets; how many were accepted, which is all. */
    public int run(final int packets) {
        final RulePacket p = packet;
        final int count = flows;
        int at = next;
        int accepted = 0;
        for (int i = 0; i < packets; i++) {
            final long ip = memory.address() + (long) at * SLOT_BYTES;
            p.network = ip;
            p.transport = ip + Ipv4Layout.HEADER_BYTES;
            p.protocol = Ipv4Layout.protocol(ip);
            accepted += program.run(p) == RuleVerdict.ACCEPT ? 1 : 0;
            at = at + 1 == count ? 0 : at + 1;
        }
        next = at;
        return accepted;
    }

    /** Packets that the last rule has taken. */
    public long last() {
        int number = 0;
        for (final Chain chain : table.table().chains()) {
            number += chain.rules().size();
            if (chain.name().equals(RuleHook.FORWARD.name())) {
                return table.packets(number - 1);
            }
            number++;
        }
        throw new IllegalStateException("no chain FORWARD");
    }

    @Override
    public void close() {
        table.close();
        memory.close();
    }

    /** The table filter that iptables-restore makes of a text. */
    private static RuleTable parse(final String text) {
        final MemoryTableStore store = new MemoryTableStore();
        final PrintStream none = new PrintStream(PrintStream.nullOutputStream());
        final int status = new IptablesRestoreCommand(store, RuleExtensions.installed(), new SystemNames(), IpFamily.IPV4)
                .run(List.of(), new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), none, none);
        if (status != 0) {
            throw new IllegalStateException("made-up rules are refused: status=" + status);
        }
        return store.read(IpFamily.IPV4, TableName.FILTER).table();
    }

    private static void write(final Flow flow, final long ip) {
        Memory.putByte(ip, (byte) Ipv4Layout.VERSION_4_IHL_5);
        Ipv4Layout.setTotalLength(ip, Ipv4Layout.HEADER_BYTES + PORTS_BYTES);
        Ipv4Layout.setProtocol(ip, flow.protocol());
        Ipv4Layout.setSource(ip, flow.source());
        Ipv4Layout.setDestination(ip, flow.destination());
        // TCP's lie where UDP's do.
        UdpLayout.setSourcePort(ip + Ipv4Layout.HEADER_BYTES, flow.sourcePort());
        UdpLayout.setDestinationPort(ip + Ipv4Layout.HEADER_BYTES, flow.destinationPort());
    }
}
