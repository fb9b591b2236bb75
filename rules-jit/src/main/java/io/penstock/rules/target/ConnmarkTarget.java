package io.penstock.rules.target;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotConnmark;
import io.penstock.rules.hot.target.HotConnmarkRestore;
import io.penstock.rules.hot.target.HotConnmarkSave;

/**
 * CONNMARK: sets a connection's mark, or copies between it and the packet's.
 *
 * @param mode       what it does
 * @param mark       with {@link Mode#SET}: the bits to flip
 * @param ctMask     the connection mark's mask; with {@link Mode#SET} the bits to clear
 * @param nfMask     the packet mark's mask
 * @param shiftRight whether it shifts to the right
 * @param shiftBits  by how much
 */
public record ConnmarkTarget(Mode mode, int mark, int ctMask, int nfMask, boolean shiftRight, int shiftBits) implements RunnableTarget {

    /** What is done to which mark. */
    public enum Mode {
        /** The connection's is set. */
        SET,
        /** The packet's goes to the connection's. */
        SAVE,
        /** The connection's goes to the packet's. */
        RESTORE
    }

    /** What the tool takes; the kernel refuses it. */
    private static final int MAX_SHIFT = 32;
    private static final String[] OPERATIONS =
        {"set-xmark", "set-mark", "and-mark", "or-mark", "xor-mark", "save-mark", "restore-mark"};

    private static final String HELP = """
            CONNMARK target options:
              --set-xmark value[/ctmask]    Zero mask bits and XOR ctmark with value
              --save-mark [--ctmask mask] [--nfmask mask]
                                            Copy ctmark to nfmark using masks
              --restore-mark [--ctmask mask] [--nfmask mask]
                                            Copy nfmark to ctmark using masks
              --set-mark value[/mask]       Set conntrack mark value
              --save-mark [--mask mask]     Save the packet nfmark in the connection
              --restore-mark [--mask mask]  Restore saved nfmark value
              --and-mark value              Binary AND the ctmark with bits
              --or-mark value               Binary OR  the ctmark with bits
              --xor-mark value              Binary XOR the ctmark with bits
              --left-shift-mark value       Left shift the ctmark with bits
              --right-shift-mark value      Right shift the ctmark with bits
            """;

    static final TargetKind KIND = Definition.of("CONNMARK", HELP, Parser::new,
            operation("set-xmark", OptionType.MARK_MASK),
            operation("set-mark", OptionType.MARK_MASK),
            operation("and-mark", OptionType.UINT32),
            operation("or-mark", OptionType.UINT32),
            operation("xor-mark", OptionType.UINT32),
            operation("save-mark", OptionType.NONE),
            operation("restore-mark", OptionType.NONE),
            OptionSpec.of("left-shift-mark", OptionType.UINT8).between(0, MAX_SHIFT),
            OptionSpec.of("right-shift-mark", OptionType.UINT8).between(0, MAX_SHIFT),
            OptionSpec.of("ctmask", OptionType.UINT32).excluding("mask"),
            OptionSpec.of("nfmask", OptionType.UINT32).excluding("mask"),
            OptionSpec.of("mask", OptionType.UINT32).excluding("ctmask", "nfmask"))
            .revised(2);

    private static OptionSpec operation(final String name, final OptionType type) {
        return OptionSpec.of(name, type).excluding(OPERATIONS);
    }

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        switch (mode) {
            case SET -> out.append(" --set-xmark ").append(ToolText.hex(mark)).append('/').append(ToolText.hex(ctMask));
            case SAVE -> masks(out.append(" --save-mark"));
            case RESTORE -> masks(out.append(" --restore-mark"));
        }
        if (shiftBits != 0) {
            out.append(shiftRight ? " --right-shift-mark " : " --left-shift-mark ").append(shiftBits);
        }
    }

    private void masks(final StringBuilder out) {
        out.append(" --nfmask ").append(ToolText.hex(nfMask)).append(" --ctmask ").append(ToolText.hex(ctMask));
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" CONNMARK ");
        switch (mode) {
            case SET -> MarkTarget.describe(out, mark, ctMask);
            case SAVE -> copied(out.append("save"), "nfmask", nfMask, "ctmask", ctMask);
            case RESTORE -> copied(out.append("restore"), "ctmask", ctMask, "nfmask", nfMask);
        }
        if (shiftBits != 0) {
            out.append(shiftRight ? " right-shift-mark " : " left-shift-mark ").append(shiftBits);
        }
    }

    @Override
    public int check(final Place place) {
        return shiftBits < MAX_SHIFT ? Kind.FINE : ToolText.EINVAL;
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        scope.tracksConnections();
        final int left = shiftRight ? 0 : shiftBits;
        final int right = shiftRight ? shiftBits : 0;
        return switch (mode) {
            case SET -> new HotConnmark(mark, ctMask, left, right);
            case SAVE -> new HotConnmarkSave(nfMask, ctMask, left, right);
            case RESTORE -> new HotConnmarkRestore(ctMask, nfMask, left, right);
        };
    }

    private static void copied(final StringBuilder out, final String from, final int fromMask, final String to, final int toMask) {
        if (fromMask != toMask) {
            out.append(' ').append(from).append(' ').append(ToolText.hex(fromMask));
            out.append(' ').append(to).append(" ~").append(ToolText.hex(toMask));
        } else if (fromMask != -1) {
            out.append(" mask ").append(ToolText.hex(fromMask));
        }
    }

    private static final class Parser extends CheckedParser {

        private Mode mode;
        private int mark;
        private int ctMask = -1;
        private int nfMask = -1;
        private boolean shiftRight;
        private int shiftBits;

        Parser(final ParseScope scope) {
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            final int number = (int) value.low();
            switch (option.name()) {
                case "save-mark" -> mode = Mode.SAVE;
                case "restore-mark" -> mode = Mode.RESTORE;
                case "ctmask" -> ctMask = number;
                case "nfmask" -> nfMask = number;
                case "mask" -> {
                    ctMask = number;
                    nfMask = number;
                }
                case "left-shift-mark", "right-shift-mark" -> {
                    shiftRight = option.name().equals("right-shift-mark");
                    shiftBits = number;
                }
                default -> {
                    final MarkTarget operation = MarkTarget.operation(option.name(), value);
                    mode = Mode.SET;
                    mark = operation.mark();
                    ctMask = operation.mask();
                }
            }
        }

        @Override
        void verify() {
            if (mode == null) {
                throw ParameterProblem.parameter("CONNMARK target: No operation specified");
            }
        }

        @Override
        Target target() {
            return new ConnmarkTarget(mode, mark, ctMask, nfMask, shiftRight, shiftBits);
        }
    }
}
