package io.handoff.netty;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaModifier.NATIVE;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.netty.channel.ChannelHandler;
import org.junit.jupiter.api.Test;

/** The few boundaries that hold the library together. */
class ArchitectureTest {

    static final JavaClasses LIBRARY = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.handoff.netty");

    @Test
    void shouldKeepTheServerAndTheBrokerFromTheHandlers() {
        noClasses()
                .that()
                .areTopLevelClasses()
                .and()
                .areAssignableTo(ChannelHandler.class)
                .should()
                .dependOnClassesThat(belongToAnyOf(HandoffServer.class, HandoffBroker.class))
                .because("each of them works in a pipeline of the program's own, too")
                .check(LIBRARY);
    }

    @Test
    void shouldCallNativeCodeInOneClassOnly() {
        noClasses()
                .that(not(belongToAnyOf(LibcSocketCalls.class)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.jna..")
                .check(LIBRARY);
        methods()
                .that()
                .haveModifier(NATIVE)
                .should()
                .beDeclaredIn(LibcSocketCalls.class)
                .check(LIBRARY);
    }

    @Test
    void shouldHaveNoCyclesBetweenClasses() {
        slices().assignedFrom(new TopLevelClasses())
                .should()
                .beFreeOfCycles()
                .because("there is one package, so a class is what can be understood alone")
                .check(LIBRARY);
    }

    @Test
    void shouldMentionNeitherGeneratedMessagesNorJnaInItsPublicFace() {
        classes()
                .that()
                .arePublic()
                .should(new ApiMentions("io.handoff.proto", "com.google.protobuf", "com.sun.jna"))
                .check(LIBRARY);
    }

    /** A class with those that it encloses. */
    private static final class TopLevelClasses implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            JavaClass outermost = javaClass;
            while (outermost.getEnclosingClass().isPresent()) {
                outermost = outermost.getEnclosingClass().get();
            }
            return SliceIdentifier.of(outermost.getSimpleName());
        }

        @Override
        public String getDescription() {
            return "classes with those that they enclose";
        }
    }
}
