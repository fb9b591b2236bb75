package io.penstock.rules.bytecode;

import static java.lang.constant.ConstantDescs.CLASS_INIT_NAME;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.invoke.MethodHandles;

/**
 * Defines generated classes as hidden ones: their static finals are constants to the JIT compiler, and they are unloaded
 * when the last program that uses them is gone.
 *
 * <p>Source: JEP 371, JEP 484.
 */
public final class HiddenClasses {

    /**
     * Bytecode in one method at the most. Unit: bytes. HotSpot never compiles a larger one ({@code HugeMethodLimit}), and
     * says nothing; a lower bound would only split methods earlier.
     */
    public static final int MAX_METHOD_BYTES = 8000;

    private HiddenClasses() {
    }

    /**
     * Defines and initializes a class in the look-up's package.
     *
     * @param data what the class takes by {@code MethodHandles.classData}
     * @throws IllegalStateException when a method is too large for the JIT compiler: the generator must split it
     */
    public static MethodHandles.Lookup define(final MethodHandles.Lookup lookup, final byte[] bytes, final Object data) {
        final ClassModel model = ClassFile.of().parse(bytes);
        for (final MethodModel method : model.methods()) {
            method.findAttribute(Attributes.code()).ifPresent(code -> {
                // The initializer runs once, interpreted, whatever its size.
                if (code.codeLength() > MAX_METHOD_BYTES && !method.methodName().equalsString(CLASS_INIT_NAME)) {
                    throw new IllegalStateException("generated method " + method.methodName().stringValue()
                            + " is too large for the JIT compiler: bytes=" + code.codeLength() + " limit="
                            + MAX_METHOD_BYTES);
                }
            });
        }
        try {
            return lookup.defineHiddenClassWithClassData(bytes, data, true);
        } catch (final IllegalAccessException e) {
            throw new IllegalStateException("the look-up may not define classes in its package", e);
        }
    }
}
