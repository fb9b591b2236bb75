package io.penstock.rules.text;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TargetKind;
import java.util.Collection;
import java.util.List;

/** What {@code -h} prints. */
final class HelpText {

    private static final String USAGE = """
            %1$s v%2$s

            Usage: %1$s -[ACD] chain rule-specification [options]
                   %1$s -I chain [rulenum] rule-specification [options]
                   %1$s -R chain rulenum rule-specification [options]
                   %1$s -D chain rulenum [options]
                   %1$s -[LS] [chain [rulenum]] [options]
                   %1$s -[FZ] [chain] [options]
                   %1$s -[NX] chain
                   %1$s -E old-chain-name new-chain-name
                   %1$s -P chain target [options]
                   %1$s -h (print this help information)

            Commands:
            Either long or short options are allowed.
              --append  -A chain\t\tAppend to chain
              --check   -C chain\t\tCheck for the existence of a rule
              --delete  -D chain\t\tDelete matching rule from chain
              --delete  -D chain rulenum
            \t\t\t\tDelete rule rulenum (1 = first) from chain
              --insert  -I chain [rulenum]
            \t\t\t\tInsert in chain as rulenum (default 1=first)
              --replace -R chain rulenum
            \t\t\t\tReplace rule rulenum (1 = first) in chain
              --list    -L [chain [rulenum]]
            \t\t\t\tList the rules in a chain or all chains
              --list-rules -S [chain [rulenum]]
            \t\t\t\tPrint the rules in a chain or all chains
              --flush   -F [chain]\t\tDelete all rules in  chain or all chains
              --zero    -Z [chain [rulenum]]
            \t\t\t\tZero counters in chain or all chains
              --new     -N chain\t\tCreate a new user-defined chain
              --delete-chain
                        -X [chain]\t\tDelete a user-defined chain
              --policy  -P chain target
            \t\t\t\tChange policy on chain to target
              --rename-chain
                        -E old-chain new-chain
            \t\t\t\tChange chain name, (moving any references)

            Options:
                --ipv4\t-4\t\t%3$s (line is ignored by ip6tables-restore)
                --ipv6\t-6\t\t%4$s (line is ignored by iptables-restore)
            [!] --protocol\t-p proto\tprotocol: by number or name, eg. `tcp'
            [!] --source\t-s address[/mask][...]
            \t\t\t\tsource specification
            [!] --destination -d address[/mask][...]
            \t\t\t\tdestination specification
            [!] --in-interface -i input name[+]
            \t\t\t\tnetwork interface name ([+] for wildcard)
             --jump\t-j target
            \t\t\t\ttarget for rule (may load target extension)
              --goto      -g chain
            \t\t\t       jump to chain with no return
              --match\t-m match
            \t\t\t\textended match (may load extension)
              --numeric\t-n\t\tnumeric output of addresses and ports
            [!] --out-interface -o output name[+]
            \t\t\t\tnetwork interface name ([+] for wildcard)
              --table\t-t table\ttable to manipulate (default: `filter')
              --verbose\t-v\t\tverbose mode
              --wait\t-w [seconds]\tmaximum wait to acquire xtables lock before give up
              --line-numbers\t\tprint line numbers when listing
              --exact\t-x\t\texpand numbers (display exact values)
            """;
    private static final String FRAGMENT = "[!] --fragment\t-f\t\tmatch second or further fragments only\n";
    private static final String LAST = """
              --modprobe=<command>\t\ttry to insert modules using this command
              --set-counters -c PKTS BYTES\tset the counter during insert/append
            [!] --version\t-V\t\tprint package version.
            """;
    private static final String STANDARD = "\nstandard match options:\n(If target is DROP, ACCEPT, RETURN or nothing)\n";

    private HelpText() {
    }

    /** All of it, with that of the extensions that the line named. */
    static String of(final Tool tool, final Collection<TargetKind> targets, final boolean standard, final List<ExtensionUse> matches) {
        final boolean isIpv4 = tool.family() == IpFamily.IPV4;
        final StringBuilder text = new StringBuilder();
        text.append(String.format(USAGE, tool.name(), Tool.FULL_VERSION, isIpv4 ? "Nothing" : "Error", isIpv4 ? "Error" : "Nothing"));
        text.append(isIpv4 ? FRAGMENT : "").append(LAST);
        text.append(standard ? STANDARD : "");
        targets.forEach(kind -> text.append('\n').append(kind.help()));
        matches.forEach(use -> text.append('\n').append(use.kind().help()));
        return text.toString();
    }
}
