package io.penstock.perf.bench.report;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** Reads what the writers wrote as XML: what is not well-formed fails. */
final class Xml {

    private Xml() {
    }

    static Document parse(final String text) {
        try {
            final DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            final DocumentBuilder builder = factory.newDocumentBuilder();
            // Without one of its own it prints what it throws.
            builder.setErrorHandler(new DefaultHandler());
            return builder.parse(new InputSource(new StringReader(text)));
        } catch (final ParserConfigurationException | SAXException | IOException e) {
            throw new AssertionError("not well-formed: " + e.getMessage(), e);
        }
    }

    /** The elements of this name whose {@code class} has this word; every one when it is empty. */
    static List<Element> elements(final Document document, final String name, final String css) {
        final List<Element> found = new ArrayList<>();
        final NodeList nodes = document.getElementsByTagName(name);
        for (int i = 0; i < nodes.getLength(); i++) {
            final Element element = (Element) nodes.item(i);
            if (css.isEmpty() || List.of(element.getAttribute("class").split(" ")).contains(css)) {
                found.add(element);
            }
        }
        return found;
    }

    static List<String> texts(final Document document, final String name, final String css) {
        return elements(document, name, css).stream().map(Element::getTextContent).toList();
    }

    static double number(final Element element, final String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }
}
