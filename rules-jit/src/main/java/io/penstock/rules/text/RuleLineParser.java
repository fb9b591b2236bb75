package io.penstock.rules.text;

import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.os.getopt.GetoptLong;
import io.penstock.os.getopt.ToolExit;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.Names;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.model.AddressTest;
import io.penstock.rules.model.DeviceTest;
import io.penstock.rules.model.Selector;
import io.penstock.rules.model.Selector.FragmentTest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a line of options, as iptables does: its own options, and those of the extensions that the line names or implies by its protocol.
 *
 * <p>Differs from the manual where the tool does: the arguments of {@code -s -d -p -i -o -j} are the word before the next one, so that
 * {@code -s1.2.3.4} and {@code --source=1.2.3.4} mean the whole word.
 */
final class RuleLineParser implements ParseScope {

    /** No word. */
    private static final int NONE = -1;
    private static final List<AddressTest> ANY = List.of(AddressTest.ANY);
    private static final Set<String> VERDICTS = Set.of("ACCEPT", "DROP", "QUEUE", "RETURN");

    private final Tool tool;
    private final IpFamily family;
    private final boolean isRestore;
    private final Set<String> chains;
    private final GetoptLong<LongOption> words;
    private final CommandWords commandWords;
    private final List<List<LongOption>> longOptions = new ArrayList<>();
    private final List<Kind> merged = new ArrayList<>();
    private final List<ExtensionUse> matches = new ArrayList<>();
    private final Set<TargetKind> askedTargets = new TreeSet<>(Comparator.comparing(TargetKind::name));
    private final CommandLine line = new CommandLine();

    private ExtensionUse target;
    private boolean isStandardAsked;
    private String protocolName;
    private boolean isProtocolLoaded;
    private int protocol;
    private final Set<GeneralOption> inverted = EnumSet.noneOf(GeneralOption.class);
    private String sourceText;
    private String destinationText;
    private DeviceTest in = DeviceTest.ANY;
    private DeviceTest out = DeviceTest.ANY;
    private boolean isTableSet;
    private boolean isIntervalSet;
    private int jumpWord = NONE;
    private int sourceWord;
    private int destinationWord;
    private int judged = NONE;

    /**
     * Begins.
     *
     * @param table  the table that is meant unless the line says otherwise
     * @param chains names that are chains for sure, and not looked up as targets
     */
    RuleLineParser(final Tool tool, final List<String> words, final String table, final boolean isRestore, final Set<String> chains) {
        this.tool = tool;
        this.family = tool.family();
        this.isRestore = isRestore;
        this.chains = chains;
        longOptions.add(BaseOptions.of(family));
        this.words = new GetoptLong<>(words, BaseOptions.SHORT, true, longOptions);
        this.commandWords = new CommandWords(this.words, line);
        line.table = table;
    }

    @Override
    public IpFamily family() {
        return family;
    }

    @Override
    public int protocol() {
        return protocol;
    }

    @Override
    public boolean isProtocolInverted() {
        return inverted.contains(GeneralOption.PROTOCOL);
    }

    @Override
    public Names names() {
        return tool.names();
    }

    @Override
    public void warn(final String text) {
        tool.err(text);
    }

    @Override
    public void warnOnce(final String text) {
        if (tool.isNew(text)) {
            warn(text);
        }
    }

    /** The word that is at fault when the line is refused. */
    int faultyWord() {
        return judged == NONE ? Math.max(0, words.index() - 1) : judged;
    }

    /** Reads the line. */
    CommandLine parse() {
        boolean invert = false;
        for (int found = words.next(); found != GetoptLong.END; found = words.next()) {
            if (found == GetoptLong.PLAIN) {
                if (!words.argument().equals("!")) {
                    tool.err("Bad argument `" + words.argument() + "'\n");
                    throw tryHelp();
                }
                if (invert) {
                    throw parameter("multiple consecutive ! not allowed");
                }
                invert = true;
                words.word(words.index() - 1, "");
                continue;
            }
            final LongOption option = found == GetoptLong.LONG ? words.found() : null;
            if (option != null && option.letter() == 0 || found == GetoptLong.UNKNOWN || found == GetoptLong.MISSING) {
                if (!extensionOption(found, option, invert)) {
                    continue;
                }
            } else {
                final char letter = option != null ? option.letter() : (char) found;
                if (isForOtherFamily(letter)) {
                    return line;
                }
                option(letter, invert);
            }
            invert = false;
        }
        finish(invert);
        return line;
    }

    /** A line of the other family is skipped in a file, and wrong elsewhere. */
    private boolean isForOtherFamily(final char letter) {
        if (letter != '4' && letter != '6' || letter - '0' == family.version()) {
            return false;
        }
        if (!isRestore) {
            throw tryHelp();
        }
        return true;
    }

    private ToolExit tryHelp() {
        tool.sayTryHelp();
        return new ToolExit(ParameterProblem.PARAMETER);
    }

    private void option(final char letter, final boolean invert) {
        final String argument = words.argument();
        switch (letter) {
            case 'A', 'C', 'D', 'R', 'I', 'L', 'S', 'F', 'Z', 'X', 'E', 'P' -> commandWords.command(letter, invert);
            case 'N' -> {
                ChainNames.check(argument, this::isTarget);
                commandWords.command(letter, invert);
            }
            case 'h' -> {
                if (matches.isEmpty() && protocolName != null) {
                    final MatchKind kind = tool.extensions().match(protocolName, family);
                    if (kind != null) {
                        loadMatch(kind);
                    }
                }
                tool.out(HelpText.of(tool, askedTargets, isStandardAsked, matches));
                throw new ToolExit(0);
            }
            case 'p' -> protocol(invert);
            case 's' -> {
                set(GeneralOption.SOURCE, invert);
                sourceWord = words.index() - 1;
                sourceText = lastWord();
            }
            case 'd' -> {
                set(GeneralOption.DESTINATION, invert);
                destinationWord = words.index() - 1;
                destinationText = lastWord();
            }
            case 'g' -> {
                set(GeneralOption.JUMP, invert);
                line.isGoto = true;
                jumpWord = words.index() - 1;
                line.jump = ChainNames.target(argument);
            }
            case 'j' -> {
                set(GeneralOption.JUMP, invert);
                jumpWord = words.index() - 1;
                jump(lastWord());
            }
            case 'i' -> in = device(GeneralOption.IN, argument, invert);
            case 'o' -> out = device(GeneralOption.OUT, argument, invert);
            case 'f' -> {
                if (family == IpFamily.IPV6) {
                    throw parameter("`-f' is not supported in IPv6, use -m frag instead");
                }
                set(GeneralOption.FRAGMENT, invert);
            }
            case 'v' -> {
                if (line.verbose == 0) {
                    set(GeneralOption.VERBOSE, invert);
                }
                line.verbose++;
            }
            case 'm' -> {
                if (invert) {
                    throw parameter("unexpected ! flag before --match");
                }
                match(argument);
            }
            case 'n' -> set(GeneralOption.NUMERIC, invert);
            case 'x' -> set(GeneralOption.EXPANDED, invert);
            case '0' -> set(GeneralOption.LINE_NUMBERS, invert);
            case 't' -> table(argument, invert);
            case 'V' -> {
                tool.out(invert ? "Not " + Tool.FULL_VERSION + " ;-)\n" : tool.name() + " v" + Tool.FULL_VERSION + "\n");
                throw new ToolExit(0);
            }
            case 'w' -> {
                refuseInRestore('w');
                line.waitSeconds = WaitWords.seconds(words);
            }
            case 'W' -> {
                refuseInRestore('W');
                tool.err(WaitWords.interval(words));
                isIntervalSet = true;
            }
            case 'M', '4', '6' -> {
                // No modules to load here, and the family is ours.
            }
            case 'c' -> {
                set(GeneralOption.COUNTERS, invert);
                commandWords.counters();
            }
            default -> unknownShort(letter, invert);
        }
    }

    private void refuseInRestore(final char letter) {
        if (isRestore) {
            throw parameter("You cannot use `-%c' from iptables-restore", letter);
        }
    }

    private void unknownShort(final char letter, final boolean invert) {
        if (!loadProtocol()) {
            throw parameter("Unknown arg \"%s\"", words.argument() == null ? "(null)" : words.argument());
        }
        option(letter, invert);
    }

    private String lastWord() {
        return words.word(words.index() - 1);
    }

    private void set(final GeneralOption option, final boolean invert) {
        if (!line.options.add(option)) {
            throw parameter("multiple -%c flags not allowed", option.letter());
        }
        if (invert) {
            if (!option.isInvertible()) {
                throw parameter("cannot have ! before -%c", option.letter());
            }
            inverted.add(option);
        }
    }

    private void table(final String name, final boolean invert) {
        if (invert) {
            throw parameter("unexpected ! flag before --table");
        }
        if (isRestore && isTableSet) {
            throw parameter("The -t option cannot be used in %s.\n", tool.name());
        }
        line.table = name;
        isTableSet = true;
    }

    private void protocol(final boolean invert) {
        set(GeneralOption.PROTOCOL, invert);
        protocolName = lower(lastWord());
        words.word(words.index() - 1, protocolName);
        protocol = Protocols.parse(protocolName, names());
        if (protocol == 0 && isProtocolInverted()) {
            throw parameter("rule would never match protocol");
        }
        if (family == IpFamily.IPV6 && Protocols.isExtensionHeader(protocol) && !isProtocolInverted()) {
            warn("Warning: never matched protocol: " + protocolName + ". use extension match instead.\n");
        }
    }

    private static String lower(final String text) {
        final StringBuilder lower = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            lower.append(c >= 'A' && c <= 'Z' ? (char) (c | ' ') : c);
        }
        return lower.toString();
    }

    private DeviceTest device(final GeneralOption option, final String argument, final boolean invert) {
        if (argument.isEmpty()) {
            throw parameter("Empty interface is likely to be undesired");
        }
        set(option, invert);
        final String name = lastWord();
        if (name.length() >= DeviceTest.NAME_BYTES) {
            throw parameter("interface name `%s' must be shorter than IFNAMSIZ (%d)", name, DeviceTest.NAME_BYTES - 1);
        }
        if (name.indexOf('/') >= 0 || name.indexOf(' ') >= 0) {
            warn("Warning: weird character in interface `" + name + "' ('/' and ' ' are not allowed by the kernel).\n");
        }
        return new DeviceTest(name, invert);
    }

    private void match(final String name) {
        if (name.length() >= Extensions.NAME_BYTES) {
            throw parameter("Invalid match name \"%s\" (%d chars max)", name, Extensions.NAME_BYTES - 1);
        }
        final MatchKind kind = tool.extensions().match(name, family);
        if (kind == null) {
            final boolean isIcmp6 = name.equals("icmpv6") || name.equals("ipv6-icmp");
            throw parameter("Couldn't load match `%s':No such file or directory\n", isIcmp6 ? "icmp6" : name);
        }
        loadMatch(kind);
    }

    private void loadMatch(final MatchKind kind) {
        for (final ExtensionUse use : matches) {
            if (use.kind() == kind) {
                use.complete();
            }
        }
        matches.add(ExtensionUse.of(kind, this, words.index() - 1));
        merge(kind);
    }

    /** Adds a kind's options: before those of kinds that came earlier, behind iptables' own. */
    private void merge(final Kind kind) {
        if (!merged.contains(kind)) {
            merged.add(kind);
            longOptions.add(1, tool.extensions().options(kind));
        }
    }

    /** Whether a name is a target's; asked, the target's help is given as well. */
    private boolean isTarget(final String name) {
        if (name.isEmpty() || VERDICTS.contains(name)) {
            isStandardAsked = true;
            return true;
        }
        final TargetKind kind = chains.contains(name) ? null : tool.extensions().target(name, family);
        if (kind != null) {
            askedTargets.add(kind);
        }
        return kind != null;
    }

    private void jump(final String name) {
        line.jump = ChainNames.target(name);
        if (!isTarget(name)) {
            return;
        }
        if (VERDICTS.contains(name)) {
            line.isVerdict = true;
            return;
        }
        final TargetKind kind = tool.extensions().target(name, family);
        target = ExtensionUse.of(kind, this, jumpWord);
        merge(kind);
    }

    /** Takes an option of an extension; false if the same word is to be read again because the protocol's match has just been loaded. */
    private boolean extensionOption(final int found, final LongOption option, final boolean invert) {
        if (found == GetoptLong.LONG) {
            final ExtensionUse use = owner(option);
            if (use != null) {
                final String more = option.spec().arguments() > 1 && words.hasPlain() ? words.take() : null;
                use.option(option.spec(), words.argument(), more, invert);
                return true;
            }
        }
        if (loadProtocol()) {
            words.stepBack();
            return false;
        }
        if (found == GetoptLong.MISSING) {
            throw parameter("option \"%s\" requires an argument", lastWord());
        }
        if (found == GetoptLong.UNKNOWN) {
            throw parameter("unknown option \"%s\"", words.index() == 0 ? tool.name() : lastWord());
        }
        throw parameter("Unknown arg \"%s\"", words.argument() == null ? "(null)" : words.argument());
    }

    private ExtensionUse owner(final LongOption option) {
        if (target != null && target.kind() == option.owner()) {
            return target;
        }
        for (final ExtensionUse use : matches) {
            if (!use.isCompleted() && use.kind() == option.owner()) {
                return use;
            }
        }
        return null;
    }

    private boolean loadProtocol() {
        if (protocolName == null || isProtocolLoaded) {
            return false;
        }
        final CNumber number = CNumber.whole(protocolName, 0, CNumber.UNSIGNED_8);
        final String name = number == null ? protocolName
                : Protocols.name((int) number.value(), line.options.contains(GeneralOption.NUMERIC), names());
        final MatchKind kind = name == null ? null : tool.extensions().match(name, family);
        if (kind == null) {
            return false;
        }
        isProtocolLoaded = true;
        loadMatch(kind);
        return true;
    }

    private void finish(final boolean invert) {
        if (line.table.equals("nat") && ("DROP".equals(line.policy) || line.jump.equals("DROP"))) {
            throw parameter("\nThe \"nat\" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n");
        }
        if (line.waitSeconds == 0 && isIntervalSet) {
            throw parameter("--wait-interval only makes sense with --wait\n");
        }
        final List<Match> all = new ArrayList<>(matches.size());
        line.partWords = new int[matches.size() + 1];
        for (final ExtensionUse use : matches) {
            judged = use.word();
            line.partWords[all.size()] = judged;
            all.add(use.match());
        }
        line.matches = all;
        judged = jumpWord;
        line.partWords[all.size()] = jumpWord;
        line.target = target == null ? null : target.target();
        judged = NONE;
        if (words.index() < words.count()) {
            throw parameter("unknown arguments found on commandline");
        }
        if (line.commands.isEmpty()) {
            throw parameter("no command specified");
        }
        if (invert) {
            throw parameter("nothing appropriate following !");
        }
        addresses();
        judged = NONE;
        final FragmentTest fragment = !line.options.contains(GeneralOption.FRAGMENT) ? FragmentTest.ANY
                : inverted.contains(GeneralOption.FRAGMENT) ? FragmentTest.FIRST : FragmentTest.LATER;
        line.selector = new Selector(AddressTest.ANY, AddressTest.ANY, in, out, protocol, isProtocolInverted(), fragment);
        commandWords.check();
    }

    private void addresses() {
        final HostList hosts = new HostList(family, names());
        final List<AddressTest> any = line.hasRule() ? ANY : List.of();
        judged = sourceWord;
        line.sources = sourceText == null ? any : hosts.parse(sourceText, inverted.contains(GeneralOption.SOURCE));
        judged = destinationWord;
        line.destinations = destinationText == null ? any : hosts.parse(destinationText, inverted.contains(GeneralOption.DESTINATION));
        if ((line.sources.size() > 1 || line.destinations.size() > 1)
                && (inverted.contains(GeneralOption.SOURCE) || inverted.contains(GeneralOption.DESTINATION))) {
            throw parameter("! not allowed with multiple source or destination IP addresses");
        }
    }
}
