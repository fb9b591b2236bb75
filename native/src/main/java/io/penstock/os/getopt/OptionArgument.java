package io.penstock.os.getopt;

/** Whether an argument follows a long option. */
public enum OptionArgument {
    NONE, NEEDED, OPTIONAL
}
