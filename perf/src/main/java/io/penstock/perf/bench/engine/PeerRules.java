package io.penstock.perf.bench.engine;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.control.RulesException;
import io.penstock.dataplane.control.SetFiles;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.rules.RuleSet;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.set.SetRegistry;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.IptablesSaveCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/**
 * The rules and packets that a peer is given: those that are measured here.
 *
 * @param sets  what they name, of ipset restore, or null
 * @param text  the rules, for iptables-restore
 * @param last  the number of the last rule of FORWARD, 0 for none
 * @param mix   made up, or null for those of a file
 * @param flows how many the packets are of
 */
record PeerRules(Path sets, String text, int last, RuleSet mix, int flows) {

    /** None, and a policy that drops what would be forwarded. */
    static final PeerRules DROP = new PeerRules(null, "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n", 0, null,
            0);

    private static final String FORWARD = "FORWARD";

    /** Made-up ones with their flows. */
    static PeerRules of(final RuleSet mix) {
        return new PeerRules(null, mix.saveText(), mix.rules().size(), mix, mix.flows().size());
    }

    /** A file's: the rules that can run here, in the tables that have any; others would bring a peer work that nobody does here. */
    static PeerRules of(final Path file, final Path sets, final int flows) {
        try (SetRegistry named = new SetRegistry(new Quiescence(), System::nanoTime)) {
            SetFiles.restore(named, sets, _ -> { });
            return of(file, sets, new SystemNames(named::familyOf), flows);
        } catch (final RulesException e) {
            throw new BenchException(ExitCode.CONFIGURATION_REFUSED, e.getMessage());
        }
    }

    private static PeerRules of(final Path file, final Path sets, final SystemNames names, final int flows) {
        final RunnableRules store = new RunnableRules(new MemoryTableStore());
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream err = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        final PrintStream out = new PrintStream(text, true, StandardCharsets.ISO_8859_1);
        int status = new IptablesRestoreCommand(store, RuleExtensions.installed(), names, IpFamily.IPV4).run(List.of(),
                new ByteArrayInputStream(RuleLoad.text(file).getBytes(StandardCharsets.ISO_8859_1)), err, err);
        int last = 0;
        for (final TableName name : store.tables(IpFamily.IPV4)) {
            final List<Chain> chains = store.read(IpFamily.IPV4, name).table().chains();
            if (status == 0 && chains.stream().anyMatch(chain -> !chain.rules().isEmpty())) {
                status = new IptablesSaveCommand(store, names, IpFamily.IPV4, Clock.systemUTC())
                        .run(List.of("-t", name.text()), out, err);
                last = name == TableName.FILTER
                        ? chains.stream().filter(chain -> chain.name().equals(FORWARD)).mapToInt(chain -> chain.rules().size()).sum()
                        : last;
            }
        }
        if (status != 0) {
            throw new BenchException("the rules are refused: " + said.toString(StandardCharsets.ISO_8859_1).strip().replace("\n", "; "));
        }
        return new PeerRules(sets, text.toString(StandardCharsets.ISO_8859_1), last, null, flows);
    }

    /** How many rules, for messages. */
    String count() {
        return "rules=" + text.lines().filter(line -> line.startsWith("-A ")).count();
    }

    /** The packets. */
    CaptureMemory packets() {
        return mix == null ? BuiltIn.packets(flows, BuiltIn.MIN_FRAME_BYTES, false, null)
                : FlowPackets.of(mix.flows(), BuiltIn.MIN_FRAME_BYTES);
    }
}
