package io.penstock.perf.bench.profile;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large methods are in bytecode: from their class files, and for classes made while running from the JVM's log of compilations.
 *
 * <pre>
 * [0.512s] 1234       4       io.penstock.dataplane.program.HookProgram/0x000000005922c000::run (81 bytes)
 * </pre>
 *
 * <p>Threads: one.
 */
final class Bytecodes {

    private static final Pattern COMPILED = Pattern.compile(".* (\\S+)::(\\S+) (?:@ -?\\d+ )?\\((\\d+) bytes\\).*");

    private final Map<String, Integer> ofClassFiles = new HashMap<>();
    private final Map<String, Boolean> read = new HashMap<>();
    private final Map<String, Integer> ofLog = new HashMap<>();

    /** Sizes by class files, and by lines of {@code -Xlog:jit+compilation=debug}. */
    Bytecodes(final List<String> log) {
        for (final String line : log) {
            final Matcher compiled = COMPILED.matcher(line);
            if (compiled.matches()) {
                // Of methods of one name the log does not say which: the largest is the one that matters.
                ofLog.merge(Frame.plain(compiled.group(1)) + '.' + compiled.group(2), Integer.parseInt(compiled.group(3)), Math::max);
            }
        }
    }

    /** A method's, or -1 where it is not known. */
    int of(final Frame method) {
        if (!read.containsKey(method.type())) {
            read.put(method.type(), read(method.type()));
        }
        final Integer exact = ofClassFiles.get(method.key());
        return exact != null ? exact : ofLog.getOrDefault(method.type() + '.' + method.name(), -1);
    }

    private boolean read(final String type) {
        try (InputStream in = Bytecodes.class.getResourceAsStream("/" + type.replace('.', '/') + ".class")) {
            if (in == null) {
                return false;
            }
            for (final MethodModel method : ClassFile.of().parse(in.readAllBytes()).methods()) {
                final CodeModel code = method.code().orElse(null);
                if (code instanceof final CodeAttribute attribute) {
                    ofClassFiles.put(type + '.' + method.methodName().stringValue() + method.methodType().stringValue(),
                            attribute.codeLength());
                }
            }
            return true;
        } catch (final IOException e) {
            return false;
        }
    }
}
