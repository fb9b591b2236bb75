package io.penstock.rules.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chains that call the next one twice each: twice as many jumps with every chain. */
class EndlessJumpsTest {

    @ParameterizedTest
    @CsvSource({"10, false", "64, true"})
    void shouldGiveThePacketUpWhenItIsSentFromChainToChainWithoutEnd(final int chains, final boolean endless) {
        final StringBuilder text = new StringBuilder("*filter\n");
        for (int i = 0; i < chains; i++) {
            text.append(":c").append(i).append(" -\n");
        }
        for (int i = 0; i + 1 < chains; i++) {
            text.append(("-A c" + i + " -j c" + (i + 1) + '\n').repeat(2));
        }
        final MemoryTableStore store = new MemoryTableStore();
        final PrintStream none = new PrintStream(PrintStream.nullOutputStream());
        assertEquals(0, new IptablesRestoreCommand(store, RuleExtensions.installed(), new SystemNames(), IpFamily.IPV4).run(List.of(),
                new ByteArrayInputStream((text + "-A INPUT -j c0\nCOMMIT\n").getBytes(StandardCharsets.ISO_8859_1)), none, none));
        try (CompiledTable table = TableCompiler.compile(store.read(IpFamily.IPV4, TableName.FILTER).table(), _ -> null, 1);
                MappedMemory memory = MappedMemory.reserve(Ipv4Layout.HEADER_BYTES, MappedMemory.Pages.NORMAL)) {
            Memory.putByte(memory.address(), (byte) Ipv4Layout.VERSION_4_IHL_5);
            final RulePacket packet = new RulePacket();
            packet.version = IpFamily.IPV4.version();
            packet.hook = RuleHook.INPUT.ordinal();
            packet.network = memory.address();
            packet.length = Ipv4Layout.HEADER_BYTES;
            packet.protocol = IpProtocol.ESP;
            for (final TableProgram program : List.of(table.plain(0), table.indexed(0), table.specialize().programs().getFirst())) {
                packet.endless = false;
                assertEquals(endless ? RuleVerdict.DROP : RuleVerdict.ACCEPT, program.run(packet));
                assertEquals(endless, packet.endless);
            }
        }
    }
}
