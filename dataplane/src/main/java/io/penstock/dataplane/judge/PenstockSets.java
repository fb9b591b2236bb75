package io.penstock.dataplane.judge;

import io.penstock.dataplane.rules.RuleTables;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.set.text.IpsetCommand;
import io.penstock.rules.text.CommandFiles;
import io.penstock.rules.text.Extensions;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import io.penstock.rules.text.TablesLock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The sets and rules of a router of Penstock's, by the commands that operators give. Threads: one, that of the router's packets. */
final class PenstockSets {

    private static final Extensions EXTENSIONS = RuleExtensions.installed();

    private final PenstockRouter router;

    PenstockSets(final PenstockRouter router) {
        this.router = router;
    }

    /** {@code ipset}. */
    ToolAnswer ipset(final List<String> words, final String input) {
        return answer(input, (in, out, err) -> new IpsetCommand(router.tables().sets(), CommandFiles.OWN).run(words, in, out, err));
    }

    /** {@code iptables-restore}. */
    ToolAnswer restore(final IpFamily family, final String text) {
        final RuleTables tables = router.tables();
        return answer(text, (in, out, err) -> new IptablesRestoreCommand(tables, EXTENSIONS, new SystemNames(tables.sets()::familyOf), family,
                TablesLock.NONE, CommandFiles.OWN).run(List.of(), in, out, err));
    }

    private static ToolAnswer answer(final String input, final Tool tool) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final ByteArrayOutputStream complained = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, false, StandardCharsets.ISO_8859_1);
        final PrintStream err = new PrintStream(complained, false, StandardCharsets.ISO_8859_1);
        final int status = tool.run(new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)), out, err);
        out.flush();
        err.flush();
        return new ToolAnswer(status, said.toString(StandardCharsets.ISO_8859_1), complained.toString(StandardCharsets.ISO_8859_1));
    }

    /** A command, ready to run. */
    private interface Tool {

        int run(InputStream in, PrintStream out, PrintStream err);
    }
}
