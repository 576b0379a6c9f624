using System.Text;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Fuzz;

public sealed class BtfFuzzTests
{
    [Fact]
    public void Damaged_types_are_taken_apart_or_refused_by_the_one_exception()
    {
        byte[] good = Sample();
        var random = new Random(20261121);
        int refused = 0;
        for (int i = 0; i < 60_000; i++)
        {
            try
            {
                Walk(BtfTypes.Parse(Damaged(good, random), "fuzz"));
            }
            catch (BtfException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1, 60_000);
        for (int length = 0; length < good.Length; length++)
            Assert.Throws<BtfException>(() => BtfTypes.Parse(good[..length], "fuzz"));
    }

    [Fact]
    public void Values_of_damaged_types_are_read_and_written_or_refused()
    {
        byte[] good = Sample();
        var random = new Random(5);
        int made = 0;
        for (int i = 0; i < 400; i++)
        {
            BtfTypes types;
            try
            {
                types = BtfTypes.Parse(Damaged(good, random), "fuzz");
            }
            catch (BtfException)
            {
                continue;
            }
            for (uint id = 1; id <= types.Count; id++)
            {
                try
                {
                    BtfType type = types[id];
                    var reader = BtfValueReader.For(type);
                    if (reader.Size > 1 << 20)
                        continue;
                    byte[] bytes = new byte[reader.Size + 5];
                    random.NextBytes(bytes);
                    object? value = reader.Read(bytes);
                    _ = value!.ToString();
                    if (value is BtfValue)
                        BtfValueWriter.For(type).Write(value, bytes);
                    made++;
                }
                catch (Exception e) when (e is BtfException or BtfValueException)
                {
                    // Refused.
                }
            }
        }
        Assert.InRange(made, 1, int.MaxValue);
    }

    private static void Walk(BtfTypes types)
    {
        for (uint id = 1; id <= types.Count; id++)
        {
            try
            {
                BtfType type = types[id];
                _ = types.FindAll(type.Name).Count + type.Members.Count + type.Parameters.Count + type.Enumerators.Count + type.Variables.Count;
                _ = type.TypeName + type.ToDeclaration() + type.Size + type.Type + type.Linkage + type.Resolve();
                foreach (BtfMember member in type.Members)
                    _ = member.ToString();
            }
            catch (BtfException)
            {
                // The others go on.
            }
        }
    }

    private static byte[] Damaged(byte[] good, Random random)
    {
        byte[] bytes = [.. good];
        for (int edits = random.Next(1, 5); edits > 0; edits--)
        {
            int at = random.Next(bytes.Length);
            // Small numbers are those of other types, and so contradict most.
            bytes[at] = random.Next(2) == 0 ? (byte)random.Next(24) : (byte)random.Next(256);
        }
        return bytes;
    }

    private static byte[] Sample()
    {
        var b = new BtfBuilder();
        uint number = b.Integer("int", 4, isSigned: true), letter = b.Integer("char", 1, isSigned: true), unsigned = b.Integer("u32", 4);
        uint text = b.Array(letter, 8);
        uint inner = b.Struct("inner", 16, ("a", number, 0, 0), ("b", number, 32, 0), ("text", text, 64, 0));
        uint either = b.Union("", 8, ("one", number, 0, 0), ("two", text, 0, 0));
        uint state = b.Enum("state", 4, true, ("X", 1), ("Y", -1));
        uint wide = b.Enum64("wide", false, ("W", 1UL << 33));
        uint alias = b.Named(BtfKind.Typedef, "inner_t", b.Named(BtfKind.Const, "", b.Named(BtfKind.Volatile, "", inner)));
        uint outer = b.Struct("outer", 80, ("head", alias, 0, 0), ("", either, 128, 0), ("state", state, 192, 0), ("bits", unsigned, 224, 5), ("more", unsigned, 229, 3),
            ("wide", wide, 256, 0), ("list", b.Array(inner, 2), 320, 0), ("next", b.Pointer(inner), 576, 0), ("tail", b.Array(number, 0), 640, 0));
        uint prototype = b.Prototype(number, ("x", b.Pointer(outer)), ("", 0));
        b.Function("f", prototype);
        b.Section(".data", 80, (b.Variable("v", outer), 0, 80));
        b.Float("double", 8);
        b.Add(BtfKind.DeclarationTag, "tag", outer, 0, false, uint.MaxValue);
        b.Named(BtfKind.TypeTag, "user", number);
        b.Add(BtfKind.Forward, "later", 0);
        return b.ToArray();
    }
}
