package io.penstock.perf;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.control.ToolClient;
import io.penstock.dataplane.control.Tools;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/**
 * {@code penstock}: hands over to the command that was named. Only that command's class is loaded, which keeps short commands
 * short; what lists all of them, such as the help, loads all.
 *
 * <p>Threads: main.
 */
@Command(
        name = "penstock",
        description = "Linux netfilter as a poll-mode data plane.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {
            "  iptables, iptables-save, iptables-restore,",
            "  ip6tables, ip6tables-save, ip6tables-restore",
            "          Those tools' own grammar, output and exit codes, against the data",
            "          plane of this network namespace.",
            "  ipset   That tool's own grammar, output and exit codes, for the data plane's",
            "          sets.",
            "  ipvsadm, ipvsadm-save, ipvsadm-restore",
            "          Those tools' own grammar, output and exit codes, for the data plane's",
            "          virtual services.",
            "  services, drain, undrain",
            "          The health of their servers, and servers that are to be idle.",
            "  recent, hashlimit",
            "          The lists that rules with -m recent and -m hashlimit keep.",
            "  conntrack",
            "          That tool's own grammar, output and exit codes, for the connections",
            "          that the data plane tracks.",
            "  sysctl  The data plane's own settings, net.netfilter.nf_conntrack_* and",
            "          net.ipv4.vs.*, in that tool's grammar.",
            "",
            "'penstock COMMAND --help' tells more about one."})
public final class Main implements Runnable {

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Runs the command and exits with its code. */
    public static void main(final String[] args) {
        if (args.length > 0 && ToolClient.isTool(args[0])) {
            // Its arguments are its own, and it is to start fast.
            ToolClient.main(args);
        } else {
            System.exit(commandLine(args).execute(args));
        }
    }

    /** What would run these arguments. */
    static CommandLine commandLine(final String... args) {
        final CommandLine line = new CommandLine(new Main());
        final Class<?> named = args.length == 0 ? null : Subcommands.of(args[0]);
        final List<String> wanted = named == null ? Subcommands.NAMES : List.of(args[0]);
        wanted.forEach(name -> line.addSubcommand(Subcommands.of(name)));
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, given) -> refuse(e, args))
                .setExecutionExceptionHandler((e, command, result) -> fail(e, command));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command is given; there are "
                + String.join(", ", Subcommands.NAMES) + ", " + String.join(", ", Tools.NAMES));
    }

    private static int refuse(final ParameterException e, final String... args) {
        final CommandLine command = e.getCommandLine();
        final PrintWriter err = command.getErr();
        final boolean unknown = args.length > 0 && !args[0].startsWith("-") && Subcommands.of(args[0]) == null;
        if (unknown) {
            err.println(Subcommands.refusal(args[0]));
        } else {
            err.println(e.getMessage());
            err.println("try '" + command.getCommandSpec().qualifiedName() + " --help'");
        }
        return ExitCode.USAGE;
    }

    /** What a command does not explain itself is a defect, and its trace is wanted; unless it is the machine that refuses. */
    private static int fail(final Exception e, final CommandLine command) {
        if (e instanceof io.penstock.os.sys.SysException || e instanceof java.io.UncheckedIOException) {
            command.getErr().println(e.getMessage());
        } else {
            e.printStackTrace(command.getErr());
        }
        return ExitCode.FAILED;
    }

    /** The version that Maven wrote into the jar. */
    static final class Version implements IVersionProvider {

        private static final String RESOURCE = "/META-INF/maven/io.penstock/penstock-perf/pom.properties";

        @Override
        public String[] getVersion() throws java.io.IOException {
            final java.util.Properties properties = new java.util.Properties();
            try (java.io.InputStream in = Main.class.getResourceAsStream(RESOURCE)) {
                if (in != null) {
                    properties.load(in);
                }
            }
            return new String[] {"penstock " + properties.getProperty("version", "(not run from a jar)"),
                "Java " + Runtime.version()};
        }
    }
}
