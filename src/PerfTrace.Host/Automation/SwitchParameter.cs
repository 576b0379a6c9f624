#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>A parameter that is on when it is named, and takes a value only after a colon (<c>-Name:$false</c>).</summary>
public readonly struct SwitchParameter : IEquatable<SwitchParameter>
{
    public SwitchParameter(bool isPresent) => IsPresent = isPresent;

    public static SwitchParameter Present => new(true);

    public bool IsPresent { get; }

    public static implicit operator bool(SwitchParameter switchParameter) => switchParameter.IsPresent;

    public static implicit operator SwitchParameter(bool value) => new(value);

    public static bool operator ==(SwitchParameter first, SwitchParameter second) => first.IsPresent == second.IsPresent;

    public static bool operator !=(SwitchParameter first, SwitchParameter second) => first.IsPresent != second.IsPresent;

    public static bool operator ==(SwitchParameter first, bool second) => first.IsPresent == second;

    public static bool operator !=(SwitchParameter first, bool second) => first.IsPresent != second;

    public static bool operator ==(bool first, SwitchParameter second) => first == second.IsPresent;

    public static bool operator !=(bool first, SwitchParameter second) => first != second.IsPresent;

    public bool ToBool() => IsPresent;

    public bool Equals(SwitchParameter other) => IsPresent == other.IsPresent;

    /// <summary>Equal to a <see cref="bool"/> too, as PowerShell's is.</summary>
    public override bool Equals(object obj) => obj is bool value ? value == IsPresent : obj is SwitchParameter other && Equals(other);

    public override int GetHashCode() => IsPresent.GetHashCode();

    public override string ToString() => IsPresent.ToString();
}
