package io.penstock.rules.text;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import io.penstock.rules.model.TableStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;

/** All commands over one store: for tests. */
public final class ToolBox {

    private final TableStore store;
    private final Extensions extensions;
    private final Names names;
    private final Clock clock;

    /** What a command did. Text is bytes. */
    public record Outcome(int status, String out, String err) {
    }

    /** Commands over a store. */
    public ToolBox(final TableStore store, final Extensions extensions, final Names names, final Clock clock) {
        this.store = store;
        this.extensions = extensions;
        this.names = names;
        this.clock = clock;
    }

    /** Runs a command by its name ({@code iptables}, {@code ip6tables-save}...). */
    public Outcome run(final String tool, final String input, final List<String> words) {
        return run(tool, new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)), words);
    }

    /** The same with an input of any length. */
    public Outcome run(final String tool, final InputStream in, final List<String> words) {
        final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(outBytes, false, StandardCharsets.ISO_8859_1);
        final PrintStream err = new PrintStream(errBytes, false, StandardCharsets.ISO_8859_1);
        final IpFamily family = tool.startsWith("ip6") ? IpFamily.IPV6 : IpFamily.IPV4;
        final int status = tool.endsWith("-restore")
                ? new IptablesRestoreCommand(store, extensions, names, family).run(words, in, out, err)
                : tool.endsWith("-save") ? new IptablesSaveCommand(store, names, family, clock).run(words, out, err)
                : new IptablesCommand(store, extensions, names, family).run(words, out, err);
        out.flush();
        err.flush();
        return new Outcome(status, outBytes.toString(StandardCharsets.ISO_8859_1), errBytes.toString(StandardCharsets.ISO_8859_1));
    }
}
