package io.penstock.os.getopt;

/**
 * A long option that a program knows.
 *
 * @param <O> the program's own type
 */
public interface KnownOption<O extends KnownOption<O>> {

    /** Without the dashes. */
    String name();

    /** Whether an argument follows. */
    OptionArgument argument();

    /** Whether both stand for the same: then a beginning that both names have is not ambiguous. */
    boolean isSameAs(O other);
}
