import Foundation

/// What Python 3.11's `pickle.dumps` writes, by protocol.
enum PythonPickles {
    /// Two entries of two ranks that share their frames.
    static let dump: [Int: [UInt8]] = [
        2: bytes(
            """
            gAJ9cQAoWAcAAAB2ZXJzaW9ucQFYAwAAADIuNXECWAkAAABwZ19jb25maWdxA31xBFgBAAAAMHEFfXEGKFgEAAAAbmFtZXEHaAVY
            BAAAAGRlc2NxCFgKAAAAZGVmYXVsdF9wZ3EJWAUAAAByYW5rc3EKWAYAAABbMCwgMV1xC3VzWAkAAABwZ19zdGF0dXNxDH1xDWgF
            fXEOKFgYAAAAbGFzdF9lbnF1ZXVlZF9jb2xsZWN0aXZlcQ9LAlgXAAAAbGFzdF9zdGFydGVkX2NvbGxlY3RpdmVxEEr/////WBkA
            AABsYXN0X2NvbXBsZXRlZF9jb2xsZWN0aXZlcRFLAXVzWAcAAABlbnRyaWVzcRJdcRMofXEUKFgGAAAAZnJhbWVzcRVdcRYofXEX
            KGgHWAoAAABhbGxfcmVkdWNlcRhYCAAAAGZpbGVuYW1lcRlYJQAAAHRvcmNoL2Rpc3RyaWJ1dGVkL2Rpc3RyaWJ1dGVkX2MxMGQu
            cHlxGlgEAAAAbGluZXEbTYgKdX1xHChoB1gKAAAAdHJhaW5fc3RlcHEdaBlYDgAAAC93b3JrL3RyYWluLnB5cR5oG0t4dWVYCQAA
            AHJlY29yZF9pZHEfSwBYBQAAAHBnX2lkcSBLAFgNAAAAcHJvY2Vzc19ncm91cHEhaAVoCYZxIlgRAAAAY29sbGVjdGl2ZV9zZXFf
            aWRxI0sBWAoAAABwMnBfc2VxX2lkcSRLAFgFAAAAb3BfaWRxJUsBWA4AAABwcm9maWxpbmdfbmFtZXEmWA8AAABuY2NsOmFsbF9y
            ZWR1Y2VxJ1gPAAAAdGltZV9jcmVhdGVkX25zcSiKCM9TZpiUpe8XWAsAAABpbnB1dF9zaXplc3EpSwNLBIZxKoVxK1gMAAAAaW5w
            dXRfZHR5cGVzcSxdcS1YBQAAAEZsb2F0cS5hWAwAAABvdXRwdXRfc2l6ZXNxL11xMF1xMShLA0sEZWFYDQAAAG91dHB1dF9kdHlw
            ZXNxMl1xM2guYVgFAAAAc3RhdGVxNFgJAAAAY29tcGxldGVkcTVYGgAAAHRpbWVfZGlzY292ZXJlZF9zdGFydGVkX25zcTZOWBwA
            AAB0aW1lX2Rpc2NvdmVyZWRfY29tcGxldGVkX25zcTeKCIz6uZqUpe8XWAcAAAByZXRpcmVkcTiIWAoAAAB0aW1lb3V0X21zcTlK
            wCcJAFgGAAAAaXNfcDJwcTqJWAsAAABkdXJhdGlvbl9tc3E7Rz/gAAAAAAAAdX1xPChoFWgWaB9LAWggSwBoIWgiaCNLAmgkSwBo
            JUsCaCZoJ2goigjQU2aYlKXvF2gpaCtoLF1xPWguYWgvXXE+XXE/KEsDSwRlYWgyXXFAaC5haDRYCQAAAHNjaGVkdWxlZHFBaDZO
            aDdOaDiJaDlKwCcJAGg6iWg7Rz/gAAAAAAAAdWV1Lg==
            """),
        3: bytes(
            """
            gAN9cQAoWAcAAAB2ZXJzaW9ucQFYAwAAADIuNXECWAkAAABwZ19jb25maWdxA31xBFgBAAAAMHEFfXEGKFgEAAAAbmFtZXEHaAVY
            BAAAAGRlc2NxCFgKAAAAZGVmYXVsdF9wZ3EJWAUAAAByYW5rc3EKWAYAAABbMCwgMV1xC3VzWAkAAABwZ19zdGF0dXNxDH1xDWgF
            fXEOKFgYAAAAbGFzdF9lbnF1ZXVlZF9jb2xsZWN0aXZlcQ9LAlgXAAAAbGFzdF9zdGFydGVkX2NvbGxlY3RpdmVxEEr/////WBkA
            AABsYXN0X2NvbXBsZXRlZF9jb2xsZWN0aXZlcRFLAXVzWAcAAABlbnRyaWVzcRJdcRMofXEUKFgGAAAAZnJhbWVzcRVdcRYofXEX
            KGgHWAoAAABhbGxfcmVkdWNlcRhYCAAAAGZpbGVuYW1lcRlYJQAAAHRvcmNoL2Rpc3RyaWJ1dGVkL2Rpc3RyaWJ1dGVkX2MxMGQu
            cHlxGlgEAAAAbGluZXEbTYgKdX1xHChoB1gKAAAAdHJhaW5fc3RlcHEdaBlYDgAAAC93b3JrL3RyYWluLnB5cR5oG0t4dWVYCQAA
            AHJlY29yZF9pZHEfSwBYBQAAAHBnX2lkcSBLAFgNAAAAcHJvY2Vzc19ncm91cHEhaAVoCYZxIlgRAAAAY29sbGVjdGl2ZV9zZXFf
            aWRxI0sBWAoAAABwMnBfc2VxX2lkcSRLAFgFAAAAb3BfaWRxJUsBWA4AAABwcm9maWxpbmdfbmFtZXEmWA8AAABuY2NsOmFsbF9y
            ZWR1Y2VxJ1gPAAAAdGltZV9jcmVhdGVkX25zcSiKCM9TZpiUpe8XWAsAAABpbnB1dF9zaXplc3EpSwNLBIZxKoVxK1gMAAAAaW5w
            dXRfZHR5cGVzcSxdcS1YBQAAAEZsb2F0cS5hWAwAAABvdXRwdXRfc2l6ZXNxL11xMF1xMShLA0sEZWFYDQAAAG91dHB1dF9kdHlw
            ZXNxMl1xM2guYVgFAAAAc3RhdGVxNFgJAAAAY29tcGxldGVkcTVYGgAAAHRpbWVfZGlzY292ZXJlZF9zdGFydGVkX25zcTZOWBwA
            AAB0aW1lX2Rpc2NvdmVyZWRfY29tcGxldGVkX25zcTeKCIz6uZqUpe8XWAcAAAByZXRpcmVkcTiIWAoAAAB0aW1lb3V0X21zcTlK
            wCcJAFgGAAAAaXNfcDJwcTqJWAsAAABkdXJhdGlvbl9tc3E7Rz/gAAAAAAAAdX1xPChoFWgWaB9LAWggSwBoIWgiaCNLAmgkSwBo
            JUsCaCZoJ2goigjQU2aYlKXvF2gpaCtoLF1xPWguYWgvXXE+XXE/KEsDSwRlYWgyXXFAaC5haDRYCQAAAHNjaGVkdWxlZHFBaDZO
            aDdOaDiJaDlKwCcJAGg6iWg7Rz/gAAAAAAAAdWV1Lg==
            """),
        4: bytes(
            """
            gASVcQMAAAAAAAB9lCiMB3ZlcnNpb26UjAMyLjWUjAlwZ19jb25maWeUfZSMATCUfZQojARuYW1llGgFjARkZXNjlIwKZGVmYXVs
            dF9wZ5SMBXJhbmtzlIwGWzAsIDFdlHVzjAlwZ19zdGF0dXOUfZRoBX2UKIwYbGFzdF9lbnF1ZXVlZF9jb2xsZWN0aXZllEsCjBds
            YXN0X3N0YXJ0ZWRfY29sbGVjdGl2ZZRK/////4wZbGFzdF9jb21wbGV0ZWRfY29sbGVjdGl2ZZRLAXVzjAdlbnRyaWVzlF2UKH2U
            KIwGZnJhbWVzlF2UKH2UKGgHjAphbGxfcmVkdWNllIwIZmlsZW5hbWWUjCV0b3JjaC9kaXN0cmlidXRlZC9kaXN0cmlidXRlZF9j
            MTBkLnB5lIwEbGluZZRNiAp1fZQoaAeMCnRyYWluX3N0ZXCUaBmMDi93b3JrL3RyYWluLnB5lGgbS3h1ZYwJcmVjb3JkX2lklEsA
            jAVwZ19pZJRLAIwNcHJvY2Vzc19ncm91cJRoBWgJhpSMEWNvbGxlY3RpdmVfc2VxX2lklEsBjApwMnBfc2VxX2lklEsAjAVvcF9p
            ZJRLAYwOcHJvZmlsaW5nX25hbWWUjA9uY2NsOmFsbF9yZWR1Y2WUjA90aW1lX2NyZWF0ZWRfbnOUigjPU2aYlKXvF4wLaW5wdXRf
            c2l6ZXOUSwNLBIaUhZSMDGlucHV0X2R0eXBlc5RdlIwFRmxvYXSUYYwMb3V0cHV0X3NpemVzlF2UXZQoSwNLBGVhjA1vdXRwdXRf
            ZHR5cGVzlF2UaC5hjAVzdGF0ZZSMCWNvbXBsZXRlZJSMGnRpbWVfZGlzY292ZXJlZF9zdGFydGVkX25zlE6MHHRpbWVfZGlzY292
            ZXJlZF9jb21wbGV0ZWRfbnOUigiM+rmalKXvF4wHcmV0aXJlZJSIjAp0aW1lb3V0X21zlErAJwkAjAZpc19wMnCUiYwLZHVyYXRp
            b25fbXOURz/gAAAAAAAAdX2UKGgVaBZoH0sBaCBLAGghaCJoI0sCaCRLAGglSwJoJmgnaCiKCNBTZpiUpe8XaCloK2gsXZRoLmFo
            L12UXZQoSwNLBGVhaDJdlGguYWg0jAlzY2hlZHVsZWSUaDZOaDdOaDiJaDlKwCcJAGg6iWg7Rz/gAAAAAAAAdWV1Lg==
            """),
        5: bytes(
            """
            gAWVcQMAAAAAAAB9lCiMB3ZlcnNpb26UjAMyLjWUjAlwZ19jb25maWeUfZSMATCUfZQojARuYW1llGgFjARkZXNjlIwKZGVmYXVs
            dF9wZ5SMBXJhbmtzlIwGWzAsIDFdlHVzjAlwZ19zdGF0dXOUfZRoBX2UKIwYbGFzdF9lbnF1ZXVlZF9jb2xsZWN0aXZllEsCjBds
            YXN0X3N0YXJ0ZWRfY29sbGVjdGl2ZZRK/////4wZbGFzdF9jb21wbGV0ZWRfY29sbGVjdGl2ZZRLAXVzjAdlbnRyaWVzlF2UKH2U
            KIwGZnJhbWVzlF2UKH2UKGgHjAphbGxfcmVkdWNllIwIZmlsZW5hbWWUjCV0b3JjaC9kaXN0cmlidXRlZC9kaXN0cmlidXRlZF9j
            MTBkLnB5lIwEbGluZZRNiAp1fZQoaAeMCnRyYWluX3N0ZXCUaBmMDi93b3JrL3RyYWluLnB5lGgbS3h1ZYwJcmVjb3JkX2lklEsA
            jAVwZ19pZJRLAIwNcHJvY2Vzc19ncm91cJRoBWgJhpSMEWNvbGxlY3RpdmVfc2VxX2lklEsBjApwMnBfc2VxX2lklEsAjAVvcF9p
            ZJRLAYwOcHJvZmlsaW5nX25hbWWUjA9uY2NsOmFsbF9yZWR1Y2WUjA90aW1lX2NyZWF0ZWRfbnOUigjPU2aYlKXvF4wLaW5wdXRf
            c2l6ZXOUSwNLBIaUhZSMDGlucHV0X2R0eXBlc5RdlIwFRmxvYXSUYYwMb3V0cHV0X3NpemVzlF2UXZQoSwNLBGVhjA1vdXRwdXRf
            ZHR5cGVzlF2UaC5hjAVzdGF0ZZSMCWNvbXBsZXRlZJSMGnRpbWVfZGlzY292ZXJlZF9zdGFydGVkX25zlE6MHHRpbWVfZGlzY292
            ZXJlZF9jb21wbGV0ZWRfbnOUigiM+rmalKXvF4wHcmV0aXJlZJSIjAp0aW1lb3V0X21zlErAJwkAjAZpc19wMnCUiYwLZHVyYXRp
            b25fbXOURz/gAAAAAAAAdX2UKGgVaBZoH0sBaCBLAGghaCJoI0sCaCRLAGglSwJoJmgnaCiKCNBTZpiUpe8XaCloK2gsXZRoLmFo
            L12UXZQoSwNLBGVhaDJdlGguYWg0jAlzY2hlZHVsZWSUaDZOaDdOaDiJaDlKwCcJAGg6iWg7Rz/gAAAAAAAAdWV1Lg==
            """),
    ]

    /// Plain values of every kind; `PickleTests.odd` lists them.
    static let odd: [Int: [UInt8]] = [
        2: bytes(
            """
            gAJdcQAoSwBLAUr/////S/9NAAFN//9KAAABAEoAAACAigUAAACAAIoI/////////3+KCAAAAAAAAACAigkAAAAAAAAAAAGKCQAA
            AAAAAAAAwIiJTkc/uZmZmZmZmkf+N+Q8iAB1nFgAAAAAcQFYBgAAAMOp8J+minECWCwBAAB4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHhxAylLAYVxBEsBSwKGcQVLAUsCSwOH
            cQYoSwFLAksDSwR0cQddcQhdcQldcQphfXELfXEMSwFLAnNjX2NvZGVjcwplbmNvZGUKcQ1YAgAAAGFicQ5YBgAAAGxhdGluMXEP
            hnEQUnERXXESKE5OTmVlLg==
            """),
        3: bytes(
            """
            gANdcQAoSwBLAUr/////S/9NAAFN//9KAAABAEoAAACAigUAAACAAIoI/////////3+KCAAAAAAAAACAigkAAAAAAAAAAAGKCQAA
            AAAAAAAAwIiJTkc/uZmZmZmZmkf+N+Q8iAB1nFgAAAAAcQFYBgAAAMOp8J+minECWCwBAAB4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHhxAylLAYVxBEsBSwKGcQVLAUsCSwOH
            cQYoSwFLAksDSwR0cQddcQhdcQldcQphfXELfXEMSwFLAnNDAmFicQ1dcQ4oTk5OZWUu
            """),
        4: bytes(
            """
            gASV3gEAAAAAAABdlChLAEsBSv////9L/00AAU3//0oAAAEASgAAAICKBQAAAIAAigj/////////f4oIAAAAAAAAAICKCQAAAAAA
            AAAAAYoJAAAAAAAAAADAiIlORz+5mZmZmZmaR/435DyIAHWcjACUjAbDqfCfpoqUWCwBAAB4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHiUKUsBhZRLAUsChpRLAUsCSwOHlChL
            AUsCSwNLBHSUXZRdlF2UYX2UfZRLAUsCc0MCYWKUXZQoTk5OZWUu
            """),
        5: bytes(
            """
            gAWV3gEAAAAAAABdlChLAEsBSv////9L/00AAU3//0oAAAEASgAAAICKBQAAAIAAigj/////////f4oIAAAAAAAAAICKCQAAAAAA
            AAAAAYoJAAAAAAAAAADAiIlORz+5mZmZmZmaR/435DyIAHWcjACUjAbDqfCfpoqUWCwBAAB4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
            eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHiUKUsBhZRLAUsChpRLAUsCSwOHlChL
            AUsCSwNLBHSUXZRdlF2UYX2UfZRLAUsCc0MCYWKUXZQoTk5OZWUu
            """),
    ]

    private static func bytes(_ base64: String) -> [UInt8] {
        Array(Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data())
    }
}
