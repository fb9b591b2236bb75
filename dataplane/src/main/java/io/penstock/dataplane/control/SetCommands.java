package io.penstock.dataplane.control;

import io.penstock.rules.set.SetChange;
import io.penstock.rules.set.SetElement;
import io.penstock.rules.set.SetProblem;
import io.penstock.rules.set.SetStore;
import io.penstock.rules.set.text.IpsetCommand;
import io.penstock.rules.text.CommandFiles;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The command that speaks of sets, by the name that operators know.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A set is told of as a whole before anything of it is printed: who reads slowly holds up nobody.</li>
 *   <li>What has been said is there to read before input is waited for: a session goes line by line.</li>
 *   <li>A range of elements ends with the part after which whoever gave the command is gone.</li>
 * </ol>
 *
 * <p>Threads: any, if the sets are for any.
 */
public final class SetCommands {

    /** ipset(8). */
    static final String IPSET = "ipset";

    /** Their names. */
    static final List<String> TOOLS = List.of(IPSET);

    private final SetStore sets;

    /** Commands over sets. */
    SetCommands(final SetStore sets) {
        this.sets = sets;
    }

    /** Runs one. */
    int run(final List<String> words, final Tools.Giver giver) {
        final HeldOutput held = new HeldOutput();
        final PrintStream out = new PrintStream(held.of(giver.out()), false, StandardCharsets.ISO_8859_1);
        final PrintStream err = new PrintStream(held.of(giver.err()), false, StandardCharsets.ISO_8859_1);
        try {
            return new IpsetCommand(new Given(sets, held, giver.gone()), files(giver.files(), held))
                    .run(words, after(out, err, giver.in()), out, err);
        } finally {
            out.flush();
            err.flush();
        }
    }

    private static InputStream after(final PrintStream out, final PrintStream err, final InputStream in) {
        return new FilterInputStream(in) {

            @Override
            public int read() throws IOException {
                flush();
                return super.read();
            }

            @Override
            public int read(final byte[] into, final int offset, final int length) throws IOException {
                flush();
                return super.read(into, offset, length);
            }

            private void flush() {
                out.flush();
                err.flush();
            }
        };
    }

    private static CommandFiles files(final CommandFiles files, final HeldOutput held) {
        return new CommandFiles() {

            @Override
            public InputStream read(final String name) throws IOException {
                return files.read(name);
            }

            @Override
            public OutputStream write(final String name) throws IOException {
                return held.of(files.write(name));
            }
        };
    }

    /** Sets that are told of while the command's outputs are held back, and changed while there is somebody who wants it. */
    private static final class Given extends ForwardedSets {

        private final HeldOutput held;
        private final BooleanSupplier gone;

        private Given(final SetStore sets, final HeldOutput held, final BooleanSupplier gone) {
            super(sets);
            this.held = held;
            this.gone = gone;
        }

        @Override
        public SetChange adding(final String name, final SetElement element, final boolean exist) throws SetProblem {
            return whileWanted(sets.adding(name, element, exist));
        }

        @Override
        public SetChange deleting(final String name, final SetElement element, final boolean exist) throws SetProblem {
            return whileWanted(sets.deleting(name, element, exist));
        }

        private SetChange whileWanted(final SetChange change) {
            return () -> {
                final boolean isLeft = change.next();
                if (isLeft && gone.getAsBoolean()) {
                    throw new UncheckedIOException(new IOException("the client has gone in the middle of a range"));
                }
                return isLeft;
            };
        }

        @Override
        public void list(final String name, final Consumer<SetElement> each) throws SetProblem {
            held.hold();
            try {
                sets.list(name, each);
            } finally {
                held.release();
            }
        }
    }
}
