package io.handoff.netty;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.ThrowsDeclaration;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.stream.Stream;

/**
 * Demands of a class that no member which a program can reach mentions a type of some packages, be it as the argument of
 * another type. What a handler extends is not looked at: it tells which messages it takes from its neighbours.
 */
final class ApiMentions extends ArchCondition<JavaClass> {

    private final List<String> packages;

    ApiMentions(String... packages) {
        super("mention no type of %s in members that a program can reach", String.join(", ", packages));
        this.packages = List.of(packages);
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        type.getAllMembers().stream()
                .filter(member -> member.getOwner().getPackageName().equals(type.getPackageName()))
                .filter(member -> isReachable(member, type))
                .forEach(member -> mentioned(member)
                        .filter(this::isInPackages)
                        .forEach(mention -> events.add(SimpleConditionEvent.violated(
                                member,
                                type.getName() + ": " + member.getDescription() + " mentions " + mention.getName()))));
    }

    private static boolean isReachable(JavaMember member, JavaClass type) {
        boolean isPublic = member.getModifiers().contains(JavaModifier.PUBLIC);
        boolean isForSubclasses = member.getModifiers().contains(JavaModifier.PROTECTED);
        return isPublic || (isForSubclasses && !type.getModifiers().contains(JavaModifier.FINAL));
    }

    private static Stream<JavaClass> mentioned(JavaMember member) {
        if (member instanceof JavaField field) {
            return rawTypes(Stream.of(field.getType()));
        }
        JavaCodeUnit code = (JavaCodeUnit) member;
        return Stream.concat(
                rawTypes(Stream.concat(Stream.of(code.getReturnType()), code.getParameterTypes().stream())),
                code.getThrowsClause().stream().map(ThrowsDeclaration::getRawType));
    }

    private static Stream<JavaClass> rawTypes(Stream<JavaType> types) {
        return types.flatMap(type -> type.getAllInvolvedRawTypes().stream());
    }

    private boolean isInPackages(JavaClass type) {
        return packages.stream().anyMatch(type.getPackageName()::startsWith);
    }
}
