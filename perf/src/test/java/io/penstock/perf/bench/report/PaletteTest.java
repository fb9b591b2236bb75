package io.penstock.perf.bench.report;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class PaletteTest {

    /** Machado, Oliveira, Fernandes: "A Physiologically-based Model for Simulation of Color Vision Deficiency", 2009, severity 1; the first is normal sight. */
    private static final double[][][] EYES = {
        {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
        {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
        {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
        {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}};

    /** From linear sRGB to XYZ, IEC 61966-2-1. */
    private static final double[][] XYZ = {{0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722}, {0.0193, 0.1192, 0.9505}};

    private static final double[] WHITE = {0.9505, 1, 1.089};

    @Test
    void shouldTellColoursApartForEveryEyeOnLightPages() {
        checkDistances(Palette.LIGHT, 16);
    }

    @Test
    void shouldTellColoursApartForEveryEyeOnDarkPages() {
        checkDistances(Palette.DARK, 10);
    }

    @Test
    void shouldWriteOnColoursSoThatItCanBeRead() {
        checkContrast(Palette.LIGHT, Palette.lightRules());
        checkContrast(Palette.DARK, Palette.darkRules());
    }

    private static void checkDistances(final List<String> colours, final double least) {
        for (final double[][] eye : EYES) {
            for (int i = 0; i < colours.size(); i++) {
                for (int k = 0; k < i; k++) {
                    final double[] a = lab(times(eye, linear(colours.get(i))));
                    final double[] b = lab(times(eye, linear(colours.get(k))));
                    final double distance = Math.hypot(Math.hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
                    assertTrue(distance >= least, colours.get(i) + ' ' + colours.get(k) + ' ' + distance);
                }
            }
        }
    }

    private static void checkContrast(final List<String> colours, final String rules) {
        for (int i = 0; i < colours.size(); i++) {
            final double luminance = times(XYZ, linear(colours.get(i)))[1];
            final boolean isWhite = rules.contains(".t" + i + "{fill:#fff}");
            final double contrast = isWhite ? 1.05 / (luminance + 0.05) : (luminance + 0.05) / 0.05;
            assertTrue(contrast >= 4.9, colours.get(i) + ' ' + contrast);
        }
    }

    private static double[] linear(final String colour) {
        final double[] channels = new double[3];
        for (int i = 0; i < channels.length; i++) {
            final double value = Integer.parseInt(colour.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
            channels[i] = value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
        }
        return channels;
    }

    private static double[] times(final double[][] matrix, final double[] vector) {
        final double[] product = new double[vector.length];
        for (int i = 0; i < product.length; i++) {
            for (int k = 0; k < vector.length; k++) {
                product[i] += matrix[i][k] * vector[k];
            }
            product[i] = Math.clamp(product[i], 0, 1.1);
        }
        return product;
    }

    private static double[] lab(final double[] linear) {
        final double[] xyz = times(XYZ, linear);
        final double[] f = new double[3];
        for (int i = 0; i < f.length; i++) {
            final double share = xyz[i] / WHITE[i];
            f[i] = share > 0.008856 ? Math.cbrt(share) : 7.787 * share + 16.0 / 116;
        }
        return new double[] {116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
    }
}
