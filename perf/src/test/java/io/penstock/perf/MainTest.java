package io.penstock.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.control.Tools;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

final class MainTest {

    @Test
    void shouldKnowEveryCommandByItsOwnName() {
        for (final String name : Subcommands.NAMES) {
            assertEquals(name, Subcommands.of(name).getAnnotation(Command.class).name());
        }
    }

    @Test
    void shouldListEveryCommandWhenAskedForHelp() {
        final MainRun run = MainRun.of("--help");
        assertEquals(0, run.exitCode());
        Subcommands.NAMES.forEach(name -> assertTrue(run.out().contains("\n  " + name), name));
        Tools.NAMES.forEach(name -> assertTrue(run.out().contains(" " + name), name));
    }

    @Test
    void shouldLoadOnlyTheCommandThatIsNamed() {
        assertEquals(1, Main.commandLine("stat", "--json").getSubcommands().size());
    }

    @Test
    void shouldSayWhatThereIsWhenACommandIsUnknown() {
        final MainRun run = MainRun.of("rnu");
        assertEquals(2, run.exitCode());
        assertEquals("there is no command 'rnu'; supported are run, demo, replay, judge, stat, doctor, bench, profile, iptables, iptables-save, "
                + "iptables-restore, ip6tables, ip6tables-save, ip6tables-restore, recent, hashlimit, conntrack, sysctl, ipset, ipvsadm, "
                + "ipvsadm-save, ipvsadm-restore, services, drain, undrain\n", run.err());
    }

    @Test
    void shouldAskForACommandWhenNoneIsGiven() {
        final MainRun run = MainRun.of();
        assertEquals(2, run.exitCode());
        assertTrue(run.err().startsWith("no command is given; there are run, demo"), run.err());
    }

    @Test
    void shouldPointToTheHelpWhenAnOptionIsWrong() {
        final MainRun run = MainRun.of("bench", "engine", "--batch", "0");
        assertEquals(2, run.exitCode());
        assertEquals("--batch=0 is out of range: least=1 most=256\ntry 'penstock bench engine --help'\n", run.err());
    }

    @Test
    void shouldShowVersionsWhenAsked() {
        final MainRun run = MainRun.of("--version");
        assertEquals(0, run.exitCode());
        assertTrue(run.out().startsWith("penstock "), run.out());
    }
}
