package io.penstock.dataplane.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.WorkerBench;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.compile.TableCompiler;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Classes come into force under running workers. */
class SpecializerTest {

    private static final int WORKERS = 2;
    private static final int RULES = 24;
    private static final int ROUND = 32;
    private static final byte[] PACKET = Packets.udp4("10.1.0.1");

    private final AtomicReference<Thread> maker = new AtomicReference<>();
    private final ThreadFactory factory = action -> {
        final Thread thread = Thread.ofPlatform().daemon().unstarted(action);
        maker.set(thread);
        return thread;
    };
    private final WorkerBench bench = new WorkerBench(WORKERS);
    private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
    private final Specializer specializer = new Specializer(factory, said::add);
    private RuleTables tables;
    private long offered;

    @BeforeEach
    void start() {
        tables = new RuleTables(bench.namespace, bench.hooks, RuleServices::new, System::nanoTime, CompiledTable::indexed);
        tables.specializeBy(specializer);
    }

    @AfterEach
    void end() {
        specializer.close();
        tables.close();
        bench.close();
        assertEquals(List.of(), List.copyOf(said));
    }

    @Test
    void shouldCountEveryPacketOnceWhenAClassComesIntoForceMeanwhile() {
        restore("ACCEPT");
        assertFalse(tables.isSpecialized(IpFamily.IPV4, TableName.FILTER));

        bench.until(() -> {
            offer();
            return tables.isSpecialized(IpFamily.IPV4, TableName.FILTER);
        });
        offer();

        bench.until(() -> bench.forwarded() == offered);
        assertEquals(offered, lastRule());
        assertEquals(0, others());
    }

    @Test
    void shouldHandTheCountersOverWhenATableIsReplacedThatRunsByItsClass() {
        restore("ACCEPT");
        bench.until(() -> {
            offer();
            return tables.isSpecialized(IpFamily.IPV4, TableName.FILTER);
        });
        bench.until(() -> bench.forwarded() == offered);
        final TableSnapshot before = tables.read(IpFamily.IPV4, TableName.FILTER);

        append("-A FORWARD -j DROP");
        assertFalse(tables.isSpecialized(IpFamily.IPV4, TableName.FILTER));
        offer();

        bench.until(() -> bench.forwarded() == offered);
        assertEquals(offered, lastRule());
        assertEquals(before.version() + 1, tables.read(IpFamily.IPV4, TableName.FILTER).version());
    }

    @Test
    void shouldMakeOneClassWhenManyChangesComeInARow() {
        final ConcurrentLinkedQueue<Integer> used = new ConcurrentLinkedQueue<>();
        final List<CompiledTable> compiled = Arrays.asList(new CompiledTable[10]);
        Future<?> last = null;
        for (int i = 0; i < compiled.size(); i++) {
            if (last != null) {
                assertTrue(last.cancel(false));
                compiled.get(i - 1).close();
            }
            restore("ACCEPT");
            final int number = i;
            compiled.set(i, TableCompiler.compile(
                    tables.read(IpFamily.IPV4, TableName.FILTER).table(), place -> null, WORKERS));
            last = specializer.changed(compiled.get(i), programs -> {
                assertTrue(programs.stream().map(TableProgram::getClass).allMatch(Class::isHidden));
                used.add(number);
            });
        }

        bench.until(() -> !used.isEmpty() && tables.isSpecialized(IpFamily.IPV4, TableName.FILTER));

        assertEquals(List.of(compiled.size() - 1), List.copyOf(used));
        compiled.getLast().close();
    }

    @Test
    void shouldThrowAClassAwayWhenItsTableIsReplacedWhileItIsMade() {
        restore("ACCEPT");
        bench.until(this::isWarming);

        restore("DROP");
        final long forwarded = offered;
        bench.until(() -> {
            offer();
            return tables.isSpecialized(IpFamily.IPV4, TableName.FILTER);
        });
        offer();

        bench.until(() -> bench.dropped(DropReason.RULE_DROP) == offered);
        assertEquals(forwarded, bench.forwarded());
        assertEquals(offered, lastRule());
    }

    @Test
    void shouldEndWhenItIsClosedWhileAClassIsMade() throws InterruptedException {
        restore("ACCEPT");
        bench.until(this::isWarming);

        specializer.close();

        maker.get().join();
        assertFalse(tables.isSpecialized(IpFamily.IPV4, TableName.FILTER));
        offer();
        bench.until(() -> bench.forwarded() == offered);
    }

    private boolean isWarming() {
        return Arrays.stream(maker.get().getStackTrace()).anyMatch(frame -> frame.getMethodName().equals("warm"));
    }

    private void offer() {
        for (int i = 0; i < ROUND; i++) {
            bench.offer(i % WORKERS, PACKET);
        }
        offered += ROUND;
        final long all = offered;
        bench.until(() -> bench.forwarded() + bench.dropped(DropReason.RULE_DROP) == all);
    }

    private void restore(final String target) {
        final StringBuilder text = new StringBuilder("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n");
        for (int rule = 1; rule < RULES; rule++) {
            text.append("-A FORWARD -s 10.0.").append(rule).append(".0/24 -p udp -m udp --dport 5000 -j DROP\n");
        }
        run(List.of(), text.append("-A FORWARD -j ").append(target).append("\nCOMMIT\n").toString());
    }

    private void append(final String rule) {
        run(List.of("--noflush"), "*filter\n" + rule + "\nCOMMIT\n");
    }

    private void run(final List<String> words, final String text) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        final int status = new IptablesRestoreCommand(
                tables, RuleExtensions.installed(), new SystemNames(), IpFamily.IPV4)
                .run(words, new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), out, out);
        assertEquals(0, status, said::toString);
    }

    /** Packets of FORWARD's last rule; FORWARD is the second chain, behind INPUT's end. */
    private long lastRule() {
        return tables.read(IpFamily.IPV4, TableName.FILTER).packets()[RULES];
    }

    private long others() {
        final long[] packets = tables.read(IpFamily.IPV4, TableName.FILTER).packets();
        return Arrays.stream(packets).sum() - packets[RULES];
    }
}
