package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What rules need besides themselves, and what is said when it is not there. */
class KernelObjectsTest {

    private static final String ESTIMATOR =
            "iptables -A OUTPUT -j RATEEST --rateest-name %s --rateest-interval 250ms --rateest-ewmalog 500ms";
    private static final String ABSENT = "iptables: No chain/target/match by that name.\n";

    private final ToolBox box = TestTools.box();

    private String run(final String line) {
        return TestTools.run(box, line).err();
    }

    @Test
    void shouldTakeAMatchOfAnEstimatorWhenATableHasIt() {
        final String asks = "-m rateest --rateest a --rateest-lt --rateest-bps 10";
        assertEquals(ABSENT, run("iptables -A INPUT " + asks));
        assertEquals("", run(ESTIMATOR.formatted("a")));
        assertEquals("", run("iptables -A INPUT " + asks));
        assertEquals("", run("ip6tables -t mangle -A INPUT " + asks));
        assertEquals("", run("iptables -F OUTPUT"));
        assertEquals("", run("iptables -A INPUT " + asks));
        assertEquals(ABSENT, run("iptables -A INPUT -m rateest --rateest-delta --rateest1 a --rateest2 b --rateest-lt --rateest-bps"));
        assertEquals("", run(ESTIMATOR.formatted("b")));
        assertEquals("", run("iptables -A INPUT -m rateest --rateest-delta --rateest1 a --rateest2 b --rateest-lt --rateest-bps"));
    }

    @Test
    void shouldRefuseAFileWhenItsEstimatorComesTooLate() {
        final String match = "-A INPUT -m rateest --rateest a --rateest-lt --rateest-bps 10\n";
        final String target = ESTIMATOR.formatted("a").replace("iptables ", "").replace("OUTPUT", "INPUT") + "\n";
        assertEquals("iptables-restore: line 4 failed\npenstock: line=2 column=13 errno=2: there is no rateest a: chain=INPUT rule=1\n",
                TestTools.run(box, "iptables-restore", "*filter\n" + match + target + "COMMIT\n").err());
        assertEquals("", TestTools.run(box, "iptables-restore", "*filter\n" + target + match + "COMMIT\n").err());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            iptables -t raw -A PREROUTING -j CT --timeout t          | iptables: Invalid argument. Run `dmesg' for more information.
            iptables -t raw -A PREROUTING ! -p tcp -j CT --timeout t | iptables: Invalid argument. Run `dmesg' for more information.
            iptables -t raw -A PREROUTING -p tcp -j CT --timeout t   | iptables: No chain/target/match by that name.
            iptables -t raw -A PREROUTING -j CT --helper h --timeout t | iptables: No chain/target/match by that name.
            iptables -A INPUT -m nfacct --nfacct-name n              | iptables: No chain/target/match by that name.
            """)
    void shouldSayWhatTheRealToolSaysWhenAnObjectOfTheKernelIsAbsent(final String line, final String said) {
        assertEquals(said + "\n", run(line));
    }

    @Test
    void shouldWarnWheneverALabelIsWrittenAndNamesOfLabelsAreAbsent() {
        Assumptions.assumeFalse(Files.exists(Path.of("/etc/xtables/connlabel.conf")), "this machine has names of labels");
        final String warning = "Warning: cannot open /etc/xtables/connlabel.conf: No such file or directory\n";
        assertEquals("", run("iptables -A INPUT -m connlabel --label 3"));
        assertEquals(warning, run("iptables -v -A INPUT -m connlabel --label 4"));
        assertEquals(warning + warning, run("iptables -S"));
        assertEquals(warning + warning, run("iptables -L -n"));
        assertEquals(warning + warning, run("iptables-save"));
    }
}
