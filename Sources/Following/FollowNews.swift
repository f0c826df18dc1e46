public import CrashModel

/// What there is to tell of logs that are followed.
public enum FollowNews: Sendable {
    /// A failure that was not told before.
    case crash(Incident)
    /// A failure that was told is another one by what came since, or a worse one; with the line that is new, if one is.
    case changed(Incident, from: Incident, how: FollowedChange, by: Finding?)
    /// The run went on after a failure that was told, or nothing but a silence was told and it ended.
    case wentOn(Incident, because: String)
    /// What is followed and how, what was rotated, what could not be read.
    case note(String)
}

/// How a failure that was told is different by now.
public enum FollowedChange: String, Sendable {
    /// Something else is the cause.
    case root
    /// It turned out to have ended the run.
    case ended
    /// It comes again and again.
    case repeated
    /// Another error is taken for a part of it.
    case grew
    /// It is a part of another one that was told.
    case part
}
