package io.penstock.dataplane.control;

import io.penstock.conntrack.model.ConnSysctl;
import io.penstock.conntrack.model.ConnSysctls;
import io.penstock.dataplane.ipvs.ConfiguredServices;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.os.getopt.GetoptLong;
import io.penstock.os.getopt.KnownOption;
import io.penstock.os.getopt.OptionArgument;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * {@code sysctl}, for the settings that a data plane keeps itself: net.netfilter.nf_conntrack_*, net.ipv4.vs.* and penstock.*. What it writes and says is what sysctl of procps-ng
 * 4.0.2 does with files of these names; it exits with 1 whenever something was refused, where that one does not always, and a second line says
 * what a setting of virtual services takes, or which of them are followed.
 *
 * <p>Threads: one; settings are changed by one command at a time.
 */
final class SysctlCommand {

    private static final String VERSION = "sysctl from procps-ng 4.0.2\n";
    private static final String HELP = """

            Usage:
             penstock sysctl [options] [variable[=value] ...]

            Options:
              -a, --all            display all variables
              -A                   alias of -a
              -X                   alias of -a
              -b, --binary         print value without new line
              -e, --ignore         ignore unknown variables errors
              -N, --names          print variable names without values
              -n, --values         print only values of the given variable(s)
              -r, --pattern <expression>
                                   select setting that match expression
              -q, --quiet          do not echo variable set
              -w, --write          enable writing a value to variable
              -o                   does nothing
              -x                   does nothing
              -d                   alias of -h

             -h, --help     display this help and exit
             -V, --version  output version information and exit

            The variables are those of the running data plane: net.netfilter.nf_conntrack_*,
            net.ipv4.vs.* and penstock.*; all others are the kernel's.
            """;
    private static final String SHORTS = "abdehnNoqr:wxAVX";
    private static final String MISSING = "No such file or directory";
    private static final int FAILED = 1;
    private static final int HEX = 16;
    private static final int OCTAL = 8;
    private static final int DECIMAL = 10;

    private final ConnSysctls.Settings settings;
    private final ServiceStore services;
    private boolean isAll;
    private boolean isBare;
    private boolean isLenient;
    private boolean isName;
    private boolean isValue;
    private boolean isQuiet;
    private boolean isWriting;
    private Pattern pattern;
    private PrintStream out;
    private PrintStream err;

    private record Option(String name, OptionArgument argument, char letter) implements KnownOption<Option> {

        private static final List<Option> ALL = List.of(
                new Option("all", OptionArgument.NONE, 'a'), new Option("binary", OptionArgument.NONE, 'b'),
                new Option("ignore", OptionArgument.NONE, 'e'), new Option("names", OptionArgument.NONE, 'N'),
                new Option("values", OptionArgument.NONE, 'n'), new Option("pattern", OptionArgument.NEEDED, 'r'),
                new Option("quiet", OptionArgument.NONE, 'q'), new Option("write", OptionArgument.NONE, 'w'),
                new Option("help", OptionArgument.NONE, 'h'), new Option("version", OptionArgument.NONE, 'V'));

        @Override
        public boolean isSameAs(final Option other) {
            return letter == other.letter;
        }
    }

    /** A command over settings of connections and of services. */
    SysctlCommand(final ConnSysctls.Settings settings, final ServiceStore services) {
        this.settings = settings;
        this.services = services;
    }

    /** Runs it; gives its exit status. */
    int run(final List<String> words, final PrintStream results, final PrintStream problems) {
        out = results;
        err = problems;
        final GetoptLong<Option> options = new GetoptLong<>(words, SHORTS, false, new ArrayList<>(List.of(Option.ALL)));
        for (int found = options.next(); found != GetoptLong.END; found = options.next()) {
            switch (found == GetoptLong.LONG ? options.found().letter : found) {
                case 'h', 'd' -> {
                    out.print(HELP);
                    return 0;
                }
                case 'V' -> {
                    out.print(VERSION);
                    return 0;
                }
                case GetoptLong.UNKNOWN, GetoptLong.MISSING -> {
                    err.print(options.complaint("sysctl") + HELP);
                    return FAILED;
                }
                case 'r' -> {
                    if (!setPattern(options.argument())) {
                        return FAILED;
                    }
                }
                default -> set(found == GetoptLong.LONG ? options.found().letter : found);
            }
        }
        if (isAll) {
            return list("");
        }
        final List<String> variables = new ArrayList<>();
        while (options.index() < options.count()) {
            variables.add(options.take());
        }
        if (words.isEmpty()) {
            err.print(HELP);
            return FAILED;
        }
        if (variables.isEmpty()) {
            return complain("no variables specified\nTry `sysctl --help' for more information.");
        }
        int status = 0;
        for (final String variable : variables) {
            status |= variable.indexOf('=') >= 0 ? write(variable) : isWriting
                    ? complain("command line(0): invalid syntax, continuing...") : list(variable.replace('/', '.'));
        }
        return status;
    }

    private void set(final int letter) {
        switch (letter) {
            case 'a', 'A', 'X' -> isAll = true;
            case 'b' -> isBare = true;
            case 'e' -> isLenient = true;
            case 'N' -> isName = true;
            case 'n' -> isValue = true;
            case 'q' -> isQuiet = true;
            case 'w' -> isWriting = true;
            default -> {
                // Does nothing.
            }
        }
    }

    private boolean setPattern(final String text) {
        try {
            pattern = Pattern.compile(text);
            return true;
        } catch (final PatternSyntaxException e) {
            complain("the expression cannot be read: " + text + ": " + e.getDescription());
            return false;
        }
    }

    /** Tells of a variable, or of all in a folder. */
    private int list(final String name) {
        int told = 0;
        for (final ConnSysctl sysctl : ConnSysctls.all()) {
            final OptionalLong value = isIn(sysctl.name(), name) ? settings.read(sysctl.name()) : OptionalLong.empty();
            if (value.isPresent()) {
                told++;
                tell(sysctl.name(), Long.toString(value.getAsLong()));
            }
        }
        for (final String setting : services.settings()) {
            if (isIn(setting, name)) {
                told++;
                tell(setting, services.setting(setting));
            }
        }
        if (told != 0 || isLenient) {
            return 0;
        }
        complainOfMissing(name);
        if (ConfiguredServices.isMeant(name)) {
            add("those that are followed: " + String.join(" ", services.settings()));
        }
        return FAILED;
    }

    private static boolean isIn(final String name, final String folder) {
        return folder.isEmpty() || name.equals(folder) || name.startsWith(folder + '.');
    }

    private void tell(final String name, final String value) {
        if (pattern == null || pattern.matcher(name).find()) {
            print(name, value);
        }
    }

    private int write(final String assignment) {
        final int equals = assignment.indexOf('=');
        final String name = assignment.substring(0, equals).strip();
        final String text = assignment.substring(equals + 1).strip();
        final ConnSysctl sysctl = ConnSysctls.of(name);
        if (pattern != null && !pattern.matcher(name.replace('/', '.')).find()) {
            return 0;
        }
        if (ConfiguredServices.isMeant(name.replace('/', '.'))) {
            return write(name.replace('/', '.'), text);
        }
        if (sysctl == null || settings.read(sysctl.name()).isEmpty()) {
            return isLenient ? 0 : complainOfMissing(name.replace('/', '.'));
        }
        final OptionalLong value = number(text);
        if (value.isEmpty() || !sysctl.takes(value.getAsLong()) || !settings.write(sysctl.name(), value.getAsLong())) {
            return complain("setting key \"" + sysctl.name() + "\": Invalid argument");
        }
        if (!isQuiet) {
            print(sysctl.name(), text);
        }
        return 0;
    }

    /** Of virtual services. */
    private int write(final String name, final String text) {
        try {
            services.setSetting(name, text);
        } catch (final ServiceProblem e) {
            final boolean isUnknown = e.kind() == ServiceProblem.Kind.NO_ENTRY;
            if (isUnknown && isLenient) {
                return 0;
            }
            if (isUnknown) {
                complainOfMissing(name);
            } else {
                complain("setting key \"" + name + "\": Invalid argument");
            }
            add(e.getMessage());
            return FAILED;
        }
        if (!isQuiet) {
            print(name, text);
        }
        return 0;
    }

    /** A number as the kernel reads it: hexadecimal after 0x, octal after 0. */
    private static OptionalLong number(final String text) {
        final boolean isNegative = text.startsWith("-");
        final String digits = isNegative ? text.substring(1) : text;
        final boolean isHex = digits.startsWith("0x") || digits.startsWith("0X");
        final int radix = isHex ? HEX : digits.length() > 1 && digits.startsWith("0") ? OCTAL : DECIMAL;
        final String rest = isHex ? digits.substring(2) : digits;
        if (!rest.matches("[0-9a-fA-F]{1,15}") || rest.chars().anyMatch(c -> Character.digit(c, radix) < 0)) {
            return OptionalLong.empty();
        }
        final long value = Long.parseLong(rest, radix);
        return OptionalLong.of(isNegative ? -value : value);
    }

    private void print(final String name, final String value) {
        if (isName) {
            out.print(name + '\n');
        } else {
            out.print((isValue || isBare ? value : name + " = " + value) + (isBare ? "" : "\n"));
        }
    }

    private int complainOfMissing(final String name) {
        return complain("cannot stat /proc/sys/" + name.replace('.', '/') + ": " + MISSING);
    }

    /** Says what sysctl would not have said. */
    private void add(final String sentence) {
        if (sentence != null) {
            err.print("penstock: " + sentence + '\n');
        }
    }

    private int complain(final String text) {
        err.print("sysctl: " + text + '\n');
        return FAILED;
    }
}
