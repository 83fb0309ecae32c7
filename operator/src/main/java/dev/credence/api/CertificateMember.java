package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

public record CertificateMember(
    @JsonPropertyDescription(
            "The name of a cert-manager Certificate of this namespace. cert-manager renews it; its readiness and end are shown in status.credentials.")
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Form.NAME)
        String name) {}
